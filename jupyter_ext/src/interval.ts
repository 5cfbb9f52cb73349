/** A measured effect with its interval, drawn to scale against the limit. */

import type { TranslationBundle } from '@jupyterlab/translation';

import { svg } from './dom';
import { hasInterval, interval, number, quantity } from './format';
import type { IEvidence } from './verdict';

const WIDTH = 280;
const HEIGHT = 38;
const MIDDLE = 26;
const SIDE = 14;
/** Room for the arrow of a side without end, beyond every value. */
const ARROW = 36;

type Scale = (value: number) => number;

/** The drawing, or null where there is nothing to compare with a limit. */
export function drawInterval(evidence: IEvidence, trans: TranslationBundle): SVGSVGElement | null {
  const { estimate, limit } = evidence;
  const scale = scaleOf(evidence);
  if (scale === null || limit === null) {
    return null;
  }
  const picture = svg('svg', {
    class: 'mlqa-Interval',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: WIDTH,
    height: HEIGHT,
    role: 'img',
    'aria-label': described(evidence, trans)
  });
  picture.append(line('mlqa-Interval-axis', 2, MIDDLE, WIDTH - 2, MIDDLE));
  if (hasInterval(evidence)) {
    picture.append(...bar(evidence, scale));
  }
  if (estimate !== null) {
    picture.append(svg('circle', { class: 'mlqa-Interval-estimate', cx: scale(estimate), cy: MIDDLE, r: 4.5 }));
  }
  picture.append(...limitLine(limit, scale, trans));
  return picture;
}

/** Values to pixels, with the limit in sight; null where there are not two different values. */
function scaleOf(evidence: IEvidence): Scale | null {
  const { estimate, low, high, limit } = evidence;
  const values = [estimate, low, high, limit].filter(value => value !== null);
  const from = Math.min(...values);
  const span = Math.max(...values) - from;
  if (!(span > 0 && Number.isFinite(span))) {
    return null;
  }
  const open = hasInterval(evidence);
  const left = open && low === null ? ARROW : SIDE;
  const right = WIDTH - (open && high === null ? ARROW : SIDE);
  return value => left + ((value - from) / span) * (right - left);
}

/** The interval; a side without end runs into an arrow head. */
function bar({ low, high }: IEvidence, scale: Scale): SVGElement[] {
  const left = low === null ? 3 : scale(low);
  const right = high === null ? WIDTH - 3 : scale(high);
  return [line('mlqa-Interval-bar', left, MIDDLE, right, MIDDLE), end(left, low === null, 1), end(right, high === null, -1)];
}

function end(x: number, open: boolean, inward: 1 | -1): SVGElement {
  const d = open ? `M${x + 6 * inward} ${MIDDLE - 5}L${x} ${MIDDLE}L${x + 6 * inward} ${MIDDLE + 5}` : `M${x} ${MIDDLE - 5}V${MIDDLE + 5}`;
  return svg('path', { class: 'mlqa-Interval-end', d });
}

function limitLine(limit: number, scale: Scale, trans: TranslationBundle): SVGElement[] {
  const x = scale(limit);
  const anchor = x < WIDTH / 4 ? 'start' : x > (3 * WIDTH) / 4 ? 'end' : 'middle';
  const label = svg('text', { class: 'mlqa-Interval-label', x, y: 10, 'text-anchor': anchor });
  label.textContent = trans.__('limit %1', number(limit));
  return [line('mlqa-Interval-limit', x, 14, x, HEIGHT - 2), label];
}

function line(className: string, x1: number, y1: number, x2: number, y2: number): SVGElement {
  return svg('line', { class: className, x1, y1, x2, y2 });
}

/** The drawing in words. */
function described(evidence: IEvidence, trans: TranslationBundle): string {
  const parts = [
    evidence.estimate === null ? '' : trans.__('measured %1', quantity(evidence.estimate, evidence.unit)),
    hasInterval(evidence) ? trans.__('interval %1', interval(evidence)) : '',
    evidence.limit === null ? '' : trans.__('limit %1', quantity(evidence.limit, evidence.unit))
  ];
  return parts.filter(part => part !== '').join(', ');
}
