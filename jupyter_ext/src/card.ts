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
  const rows = element('ul', 'mlqa-Card-rows', ...report.cases.map(each => element('li', '', drawCase(each, trans))));
  const card = element('details', 'mlqa-Card', summary, rows, leftOut(report.left, trans));
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

/** One test: its line, and its verdicts, which are drawn when first opened. */
function drawCase(each: ICase, trans: TranslationBundle): HTMLElement {
  const only = each.verdicts.length === 1 ? each.verdicts[0] : null;
  const name = nameOf(each) || trans.__('unnamed');
  const row = element('details', 'mlqa-Case');
  row.append(
    element(
      'summary',
      'mlqa-Case-summary',
      mark(each.outcome, trans),
      element('code', 'mlqa-Case-name', name),
      element('span', 'mlqa-Case-claim', only ? only.claim : ''),
      only && !each.crash ? kind(only, trans) : null,
      each.seconds === null ? null : element('span', 'mlqa-Case-seconds', seconds(each.seconds))
    )
  );
  row.dataset.outcome = each.outcome;
  const fill = () => row.childElementCount === 1 && row.append(...bodyOf(each, trans));
  row.addEventListener('toggle', fill, { once: true });
  if (asksForAttention(each.outcome)) {
    fill();
    row.open = true;
  }
  return row;
}

function bodyOf(each: ICase, trans: TranslationBundle): HTMLElement[] {
  const several = each.verdicts.length > 1;
  const body = each.verdicts.map(verdict => {
    return several || each.crash ? drawFolded(verdict, trans) : drawAlone(verdict, trans);
  });
  if (each.crash) {
    return [drawCrash(each.crash, trans), ...body];
  }
  return body.length ? body : [element('div', 'mlqa-Verdict', trans.__('nothing was checked'))];
}

function drawAlone(verdict: IVerdict, trans: TranslationBundle): HTMLElement {
  const node = element('div', 'mlqa-Verdict', drawVerdict(verdict, trans));
  node.dataset.outcome = verdict.outcome;
  return node;
}

/** One verdict among others: a line of its own, open where it asks for attention. */
function drawFolded(verdict: IVerdict, trans: TranslationBundle): HTMLElement {
  const check = element('code', 'mlqa-Case-name', verdict.check);
  const claim = element('span', 'mlqa-Case-claim', verdict.claim);
  const head = element('summary', 'mlqa-Verdict-head', mark(verdict.outcome, trans), check, claim, kind(verdict, trans));
  const node = element('details', 'mlqa-Verdict', head, drawVerdict(verdict, trans));
  node.dataset.outcome = verdict.outcome;
  node.open = asksForAttention(verdict.outcome);
  return node;
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

function leftOut(left: number, trans: TranslationBundle): HTMLElement | null {
  return left ? element('p', 'mlqa-Card-left', trans.__('and %1 more, not drawn', left)) : null;
}
