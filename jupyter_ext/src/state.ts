/** What a test cell's badge and list say, derived from its text, its report and the kernel. Pure. */

import { sourceHash } from './hash';
import { baseName, caseName, isTestCell, testsOf } from './source';
import { worstOf } from './verdict';
import type { CaseOutcome, ICase, IReport, Parsed } from './verdict';

/** The source of a check that stands by itself in a cell. */
const BARE = /^(line \d+|cell)?$/;

/** The one word of a badge. */
export type Word = CaseOutcome | 'running' | 'not-run' | 'stale' | 'unread';
/** Why a result no longer speaks for the cell. */
export type Staleness = 'source' | 'kernel' | null;
export type Counts = Readonly<Record<CaseOutcome, number>>;

export interface ICellState {
  word: Word;
  /** Of the last run, also where it is stale. */
  outcome: CaseOutcome | null;
  stale: Staleness;
  counts: Counts;
}

/** A test as the panel lists it. */
export interface ITestRow {
  name: string;
  line: number | null;
  /** Null: it has not run, or the cell's result cannot be read. */
  outcome: CaseOutcome | null;
  seconds: number | null;
}

/** All that a cell's state is derived from. */
export interface ICellFacts {
  source: string;
  parsed: Parsed | null;
  running: boolean;
  /** Id of the running kernel; null where it is not known, empty where it has made no report. */
  kernel: string | null;
}

/** The state of a test cell. */
export function stateOf({ source, parsed, running, kernel }: ICellFacts): ICellState {
  const report = parsed && 'report' in parsed ? parsed.report : null;
  const outcomes = report ? report.cases.map(each => each.outcome) : [];
  const outcome = report ? (worstOf(outcomes) ?? 'skipped') : null;
  const stale = report ? staleness(report, source, kernel) : null;
  const counts = countsOf(outcomes);
  if (running) {
    return { word: 'running', outcome, stale, counts };
  }
  if (outcome === null) {
    return { word: parsed ? 'unread' : 'not-run', outcome, stale, counts };
  }
  return { word: stale ? 'stale' : outcome, outcome, stale, counts };
}

/** The tests of a cell: those in its text, with the outcomes of its last report, then bare checks. */
export function rowsOf({ source, parsed }: ICellFacts): ITestRow[] {
  if (!isTestCell(source)) {
    return [];
  }
  const report = parsed && 'report' in parsed ? parsed.report : null;
  const cases = report?.cases ?? [];
  const named = testsOf(source);
  const rows = named.flatMap(({ name, line }): ITestRow[] => {
    const own = cases.filter(each => baseName(each.source) === name);
    return own.length ? own.map(each => rowOf(each, line)) : [{ name, line, outcome: null, seconds: null }];
  });
  if (report && staleness(report, source, null) === null) {
    const names = new Set(named.map(({ name }) => name));
    rows.push(...cases.filter(each => !names.has(baseName(each.source))).map(each => rowOf(each, each.line)));
  }
  return rows;
}

/** What a case is called: its test, or for a check that stands by itself the check. */
export function nameOf(each: ICase): string {
  const own = BARE.test(each.source) ? '' : caseName(each.source);
  return own || each.verdicts[0]?.check || each.crash?.type || each.source;
}

function rowOf(each: ICase, line: number | null): ITestRow {
  return { name: nameOf(each), line, outcome: each.outcome, seconds: each.seconds };
}

function staleness(report: IReport, source: string, kernel: string | null): Staleness {
  const origin = report.origin;
  if (origin === null) {
    return null;
  }
  if (origin.sourceHash && origin.sourceHash !== sourceHash(source)) {
    return 'source';
  }
  return kernel !== null && origin.kernel && origin.kernel !== kernel ? 'kernel' : null;
}

/** Count the outcomes. */
export function countsOf(outcomes: readonly CaseOutcome[]): Counts {
  const counts = { crash: 0, fail: 0, undecided: 0, pass: 0, skipped: 0 };
  for (const outcome of outcomes) {
    counts[outcome] += 1;
  }
  return counts;
}

/** Add up the counts of several cells. */
export function total(all: readonly Counts[]): Counts {
  const sum = { crash: 0, fail: 0, undecided: 0, pass: 0, skipped: 0 };
  for (const counts of all) {
    for (const key of Object.keys(sum) as CaseOutcome[]) {
      sum[key] += counts[key];
    }
  }
  return sum;
}
