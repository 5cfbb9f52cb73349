/** Outcomes and states in words. Every string is a literal, so that it can be translated. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Counts, ICellState, Staleness, Word } from './state';

/** The one word of an outcome or a state. */
export function wordOf(word: Word, trans: TranslationBundle): string {
  switch (word) {
    case 'pass':
      return trans.__('passed');
    case 'fail':
      return trans.__('failed');
    case 'undecided':
      return trans.__('undecided');
    case 'skipped':
      return trans.__('skipped');
    case 'crash':
      return trans.__('error');
    case 'running':
      return trans.__('running');
    case 'not-run':
      return trans.__('not run');
    case 'stale':
      return trans.__('stale');
    case 'unread':
      return trans.__('unreadable');
  }
}

/** `1 failed, 2 passed`: worst first, those that are none left out. */
export function countsIn(counts: Counts, trans: TranslationBundle): string {
  const parts = [
    counts.crash ? trans._n('%1 error', '%1 errors', counts.crash) : '',
    counts.fail ? trans.__('%1 failed', counts.fail) : '',
    counts.undecided ? trans.__('%1 undecided', counts.undecided) : '',
    counts.pass ? trans.__('%1 passed', counts.pass) : '',
    counts.skipped ? trans.__('%1 skipped', counts.skipped) : ''
  ];
  return parts.filter(part => part !== '').join(', ');
}

/** The whole sentence behind a badge. */
export function sentence(state: ICellState, trans: TranslationBundle): string {
  const counts = countsIn(state.counts, trans);
  switch (state.word) {
    case 'running':
      return trans.__('Tests of this cell: running');
    case 'not-run':
      return trans.__('Tests of this cell: not run');
    case 'unread':
      return trans.__('Tests of this cell: the result was made by another version of mlqa');
    case 'stale':
      return trans.__('Tests of this cell: stale, %1; last result: %2', because(state.stale, trans), counts);
    default:
      return counts ? trans.__('Tests of this cell: %1', counts) : trans.__('This cell held no test');
  }
}

function because(stale: Staleness, trans: TranslationBundle): string {
  return stale === 'source'
    ? trans.__('the cell changed since')
    : trans.__('another kernel is running since');
}
