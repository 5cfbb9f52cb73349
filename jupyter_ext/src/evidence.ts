/** The lines of one verdict: the same labels, in the same order, as in pytest and the pipeline. */

import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from './dom';
import { cell, hasInterval, interval, number, pValue, percent, quantity } from './format';
import { drawInterval } from './interval';
import { drawPlot } from './plot';
import { TEST } from './verdict';
import type { IVerdict, Scalar } from './verdict';

type Lines = ReadonlyArray<readonly [label: string, ...content: ReadonlyArray<Node | string | null>]>;

/** Claim, measured, because, columns, worst, next, as a list of labelled lines. */
export function drawVerdict(verdict: IVerdict, trans: TranslationBundle): HTMLElement {
  const { evidence } = verdict;
  return lines([
    [trans.__('claim'), verdict.claim],
    [trans.__('measured'), measured(verdict, trans), drawInterval(evidence, trans)],
    [trans.__('because'), verdict.reason],
    [trans.__('plot'), drawPlot(evidence.plot)],
    [trans.__('columns'), verdict.columns.map(name => `'${name}'`).join(', ')],
    [trans.__('worst'), worst(evidence.worst)],
    [trans.__('test'), toPaste(evidence.worst, trans)],
    [trans.__('next'), next(verdict, trans)]
  ]);
}

/** A list of labelled lines; those with nothing to say are left out. */
export function lines(all: Lines): HTMLElement {
  const list = element('dl', 'mlqa-Lines');
  for (const [label, ...content] of all) {
    if (content.some(part => part !== null && part !== '')) {
      list.append(element('dt', '', label), element('dd', '', ...content));
    }
  }
  return list;
}

/** `statistical, alpha 0.0001` or `contract`: told apart in every view. */
export function kindOf(verdict: IVerdict, trans: TranslationBundle): string {
  return verdict.alpha === null ? trans.__('contract') : trans.__('statistical, alpha %1', number(verdict.alpha));
}

/** What was measured, in one line. */
function measured({ evidence, outcome }: IVerdict, trans: TranslationBundle): string {
  const parts: string[] = [];
  if (evidence.estimate !== null) {
    parts.push(quantity(evidence.estimate, evidence.unit));
  }
  if (hasInterval(evidence) && evidence.level !== null) {
    parts.push(trans.__('%1 % interval %2', percent(evidence.level), interval(evidence)));
  }
  if (evidence.limit !== null) {
    parts.push(trans.__('limit %1', quantity(evidence.limit, evidence.unit)));
  }
  if (evidence.pValue !== null) {
    parts.push(`p ${pValue(evidence.pValue)}`);
  }
  if (evidence.n !== null) {
    parts.push(`n = ${evidence.n}`);
  }
  if (evidence.method) {
    parts.push(evidence.method);
  }
  if (evidence.seed !== null) {
    parts.push(trans.__('seed %1', evidence.seed));
  }
  if (evidence.detectable !== null && outcome !== 'fail') {
    parts.push(trans.__('would see %1 at 80 % power', quantity(evidence.detectable, evidence.unit)));
  }
  return parts.join(', ');
}

/** The one thing to do next. */
function next(verdict: IVerdict, trans: TranslationBundle): string {
  const rows = verdict.evidence.rowsNeeded;
  const more = rows === null ? '' : trans.__('about %1 more rows would decide', rows);
  return [more, verdict.remedy].filter(part => part !== '').join('; ');
}

/** A text of the worst table that needs room. */
const LONG = 24;

/** Keys that say where an example is; a saved notebook has its keys in the order of the alphabet. */
const SUBJECTS: readonly string[] = ['row', 'column', 'group', 'test'];

/** The counterexample as a test, and a button that copies it. */
function toPaste(rows: ReadonlyArray<ReadonlyMap<string, Scalar>>, trans: TranslationBundle): HTMLElement | null {
  const test = rows[0]?.get(TEST);
  if (typeof test !== 'string' || test === '') {
    return null;
  }
  const button = element('button', 'mlqa-Copy', trans.__('Copy as a test'));
  button.type = 'button';
  button.onclick = () => {
    void navigator.clipboard.writeText(test).then(() => {
      button.textContent = trans.__('Copied');
    });
  };
  return element('div', 'mlqa-Test', button, element('pre', '', test));
}

/** The worst examples as a small table: where each is, then what was found, in the order it is met. */
function worst(rows: ReadonlyArray<ReadonlyMap<string, Scalar>>): HTMLElement | null {
  const met = new Set(rows.flatMap(row => [...row.keys()]).filter(name => name !== TEST));
  const names = [...new Set([...SUBJECTS.filter(name => met.has(name)), ...met])];
  if (names.length === 0) {
    return null;
  }
  const head = element('tr', '', ...names.map(name => header(name)));
  const body = rows.map(row => element('tr', '', ...names.map(name => value(name, row.get(name)))));
  const table = element('table', 'mlqa-Worst', element('thead', '', head), element('tbody', '', ...body));
  return element('div', 'mlqa-Worst-scroll', table);
}

function header(name: string): HTMLElement {
  const node = element('th', '', name);
  node.scope = 'col';
  return node;
}

function value(name: string, content: Scalar | undefined): HTMLElement {
  const text = cell(name, content);
  const long = text.length > LONG ? 'mlqa-mod-long' : '';
  return element('td', typeof content === 'number' ? 'mlqa-mod-number' : long, text);
}
