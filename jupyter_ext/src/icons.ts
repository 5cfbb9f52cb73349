/** Drawn signs, so that nothing rests on colour alone or on the fonts of a machine. */

import { LabIcon } from '@jupyterlab/ui-components';

import { svg } from './dom';
import type { Word } from './state';

const PATHS: Readonly<Record<Word, string>> = {
  pass: 'M3 8.6l3.2 3.2L13 4.6',
  fail: 'M4 4l8 8M12 4l-8 8',
  crash: 'M8 2.8v6.4M8 12.7v.3',
  undecided: 'M5.4 5.4a2.6 2.6 0 1 1 4 2.2C8.4 8.2 8 8.7 8 9.7M8 12.9v.2',
  skipped: 'M3.5 4l4 4-4 4M8.5 4l4 4-4 4',
  running: 'M8 2.5A5.5 5.5 0 1 0 13.5 8',
  'not-run': 'M8 3.5a4.5 4.5 0 1 0 .01 0z',
  stale: 'M12.7 9A4.8 4.8 0 1 1 11.6 4.8M12.3 1.9v3.3H9',
  unread: 'M3.5 8h9'
};

/** The sign of an outcome or a state; it takes the colour of its text. */
export function signOf(word: Word): SVGSVGElement {
  const sign = svg('svg', { viewBox: '0 0 16 16', width: 14, height: 14, class: 'mlqa-Sign', 'aria-hidden': 'true' });
  sign.append(
    svg('path', {
      d: PATHS[word],
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': 2,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round'
    })
  );
  return sign;
}

/** A list with ticks: unlike Lab's own run and check icons. Lab colours `jp-icon3` by theme. */
const TESTS = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16">
  <g fill="none" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">
    <path class="jp-icon3" stroke="#616161" d="M3.5 6.5l2 2 3.5-4M3.5 16.5l2 2 3.5-4M13 7h8M13 17h8"/>
  </g>
</svg>`;

export const testsIcon = new LabIcon({ name: 'mlqa:tests', svgstr: TESTS });
