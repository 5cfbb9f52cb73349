/** A report drawn: one row for each test, open where there is something to look at. */

import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from './dom';
import { drawVerdict, kindOf, lines } from './evidence';
import { seconds } from './format';
import { signOf } from './icons';
import { countsOf, nameOf } from './state';
import { worstOf } from './verdict';
import type { CaseOutcome, ICase, ICrash, IReport, IVerdict } from './verdict';
import { countsIn, wordOf } from './words';

/** How many tests of a card, and verdicts of a test, are open at first. */
const MOST_OPEN = 10;

type Line = ReadonlyArray<Node | null>;

/** The card of a report: closed when nothing asks for attention. */
export function drawReport(report: IReport, trans: TranslationBundle): HTMLElement {
  const outcomes = report.cases.map(each => each.outcome);
  const worst = worstOf(outcomes) ?? 'skipped';
  const title = element('span', 'mlqa-Card-title', trans._n('%1 test', '%1 tests', outcomes.length + report.left));
  const summary = element(
    'summary',
    'mlqa-Card-summary',
    mark(worst, trans),
    title,
    element('span', 'mlqa-Card-counts', countsIn(countsOf(outcomes), trans) || trans.__('nothing was checked'))
  );
  const open = opened(outcomes);
  const rows = report.cases.map((each, index) => element('li', '', drawCase(each, open.has(index), trans)));
  const list = element('ul', 'mlqa-Card-rows', ...rows);
  const card = element('details', 'mlqa-Card', summary, list, ...leftOut(report.left, trans));
  card.dataset.outcome = worst;
  card.open = asksForAttention(worst);
  return card;
}

/** A report of a schema that this version cannot read: named, never guessed at. */
export function drawUnknown(schema: string, plain: string, trans: TranslationBundle): HTMLElement {
  const message = schema
    ? trans.__('A report of schema %1, which this version of mlqa cannot read. Its text form:', schema)
    : trans.__('A damaged report. Its text form:');
  return element('div', 'mlqa-Card', element('p', 'mlqa-Card-unread', message), element('pre', 'mlqa-Plain', plain));
}

function asksForAttention(outcome: CaseOutcome): boolean {
  return outcome !== 'pass' && outcome !== 'skipped';
}

/** Which of several to open: those that ask for attention, but no more than can be read. */
function opened(outcomes: readonly CaseOutcome[]): ReadonlySet<number> {
  const asking = [...outcomes.keys()].filter(index => asksForAttention(outcomes[index]));
  return new Set(asking.slice(0, MOST_OPEN));
}

/** Something folded, whose body is drawn when it is first opened. */
function fold(className: string, outcome: CaseOutcome, line: Line, open: boolean, body: () => HTMLElement[]): HTMLElement {
  const node = element('details', className, element('summary', `${className}-summary`, ...line));
  const fill = () => node.childElementCount === 1 && node.append(...body());
  node.dataset.outcome = outcome;
  node.addEventListener('toggle', fill, { once: true });
  if (open) {
    fill();
    node.open = true;
  }
  return node;
}

/** One test: its line, and its verdicts. */
function drawCase(each: ICase, open: boolean, trans: TranslationBundle): HTMLElement {
  const only = each.verdicts.length === 1 ? each.verdicts[0] : null;
  const line = [
    mark(each.outcome, trans),
    element('code', 'mlqa-name', nameOf(each) || trans.__('unnamed')),
    element('span', 'mlqa-claim', only ? only.claim : ''),
    only && !each.crash ? kind(only, trans) : null,
    each.seconds === null ? null : element('span', 'mlqa-seconds', seconds(each.seconds))
  ];
  return fold('mlqa-Case', each.outcome, line, open, () => bodyOf(each, trans));
}

function bodyOf({ verdicts, crash, left }: ICase, trans: TranslationBundle): HTMLElement[] {
  if (crash === null && verdicts.length === 0) {
    return [element('div', 'mlqa-Verdict', trans.__('nothing was checked'))];
  }
  if (crash === null && verdicts.length === 1) {
    return [drawAlone(verdicts[0], trans)];
  }
  const open = opened(verdicts.map(verdict => verdict.outcome));
  const rows = verdicts.map((verdict, index) => drawFolded(verdict, open.has(index), trans));
  return [...(crash ? [drawCrash(crash, trans)] : []), ...rows, ...leftOut(left, trans)];
}

function drawAlone(verdict: IVerdict, trans: TranslationBundle): HTMLElement {
  const node = element('div', 'mlqa-Verdict', drawVerdict(verdict, trans));
  node.dataset.outcome = verdict.outcome;
  return node;
}

/** One verdict among others: a line of its own. */
function drawFolded(verdict: IVerdict, open: boolean, trans: TranslationBundle): HTMLElement {
  const line = [
    mark(verdict.outcome, trans),
    element('code', 'mlqa-name', verdict.check),
    element('span', 'mlqa-claim', verdict.claim),
    kind(verdict, trans)
  ];
  return fold('mlqa-Verdict', verdict.outcome, line, open, () => [drawVerdict(verdict, trans)]);
}

/** An exception: what it was, and where, folded away. */
function drawCrash(crash: ICrash, trans: TranslationBundle): HTMLElement {
  const traceback = element(
    'details',
    'mlqa-Traceback',
    element('summary', '', trans.__('traceback')),
    element('pre', 'mlqa-Plain', crash.traceback)
  );
  const what = element('code', '', crash.message ? `${crash.type}: ${crash.message}` : crash.type);
  const list = lines([[trans.__('raised'), what, crash.traceback ? traceback : null]]);
  return element('div', 'mlqa-Verdict', list);
}

/** Sign and word of an outcome. */
function mark(outcome: CaseOutcome, trans: TranslationBundle): HTMLElement {
  const node = element('span', 'mlqa-Mark', signOf(outcome), wordOf(outcome, trans));
  node.dataset.outcome = outcome;
  return node;
}

function kind(verdict: IVerdict, trans: TranslationBundle): HTMLElement {
  const node = element('span', 'mlqa-Kind', kindOf(verdict, trans));
  node.dataset.kind = verdict.kind;
  return node;
}

function leftOut(left: number, trans: TranslationBundle): HTMLElement[] {
  return left ? [element('p', 'mlqa-left', trans.__('and %1 more, not drawn', left))] : [];
}
