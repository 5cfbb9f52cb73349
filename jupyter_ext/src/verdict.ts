/**
 * The JSON form of `mlqa/schema/verdict-1.json`, as types and one guard.
 *
 * A notebook is data from anywhere. Nothing here trusts a key, a type or a
 * length; what cannot be read becomes an empty value, and a report of another
 * schema is named instead of being guessed at.
 */

export const MIME = 'application/vnd.mlqa.report+json';
export const SCHEMA = 1;

const MOST_CASES = 500; // where there are more, the best outcomes are left out
const MOST_VERDICTS = 200;
const MOST_WORST = 10;
const MOST_COLUMNS = 30;
const MOST_BARS = 40;
const LONGEST_TEXT = 2000;
const LONGEST_TEST = 4000;
const LONGEST_TRACEBACK = 20000;

/** Key of a counterexample written as a test. */
export const TEST = 'pytest';

export const OUTCOMES = ['crash', 'fail', 'undecided', 'pass', 'skipped'] as const;
/** Of a test; a crash is an exception that kept it from answering. Worst first. */
export type CaseOutcome = (typeof OUTCOMES)[number];
export type Scalar = string | number | boolean | null;

export interface IEvidence {
  estimate: number | null;
  low: number | null;
  high: number | null;
  level: number | null;
  pValue: number | null;
  limit: number | null;
  unit: string;
  n: number | null;
  method: string;
  seed: number | null;
  detectable: number | null;
  rowsNeeded: number | null;
  worst: ReadonlyArray<ReadonlyMap<string, Scalar>>;
  plot: IBars | null;
}

/** Shares of reference and current, bar by bar. */
export interface IBars {
  title: string;
  values: ReadonlyArray<{ value: string; table: string; share: number }>;
}

export interface IVerdict {
  check: string;
  kind: 'contract' | 'statistical';
  outcome: CaseOutcome;
  claim: string;
  reason: string;
  columns: readonly string[];
  remedy: string;
  alpha: number | null;
  evidence: IEvidence;
}

export interface ICrash {
  type: string;
  message: string;
  traceback: string;
}

export interface ICase {
  source: string;
  outcome: CaseOutcome;
  verdicts: readonly IVerdict[];
  /** Verdicts that were left out because there were too many to draw. */
  left: number;
  crash: ICrash | null;
  seconds: number | null;
  line: number | null;
}

export interface IOrigin {
  cellId: string;
  sourceHash: string;
  kernel: string;
}

export interface IReport {
  origin: IOrigin | null;
  cases: readonly ICase[];
  /** Cases that were left out because there were too many to draw. */
  left: number;
}

/** A report, or the schema that this version cannot read. */
export type Parsed = { report: IReport } | { unknown: string };

type Fields = Readonly<Record<string, unknown>>;

/** Read a report from untrusted data; never throws. */
export function parseReport(data: unknown): Parsed {
  const fields = fieldsOf(data);
  if (fields.schema !== SCHEMA || !Array.isArray(fields.cases)) {
    return { unknown: fields.schema === undefined ? '' : text(String(fields.schema), 40) };
  }
  const cases = worstOnes(fields.cases, MOST_CASES, caseRank).map(readCase);
  return { report: { origin: readOrigin(fields.origin), cases, left: fields.cases.length - cases.length } };
}

/** The worst outcome of several, or null of none. */
export function worstOf(outcomes: readonly CaseOutcome[]): CaseOutcome | null {
  return OUTCOMES.find(outcome => outcomes.includes(outcome)) ?? null;
}

function readCase(data: unknown): ICase {
  const fields = fieldsOf(data);
  const all = list(fields.verdicts);
  const verdicts = worstOnes(all, MOST_VERDICTS, verdictRank).map(readVerdict);
  const crash = readCrash(fields.crash);
  const found = worstOf(verdicts.map(verdict => verdict.outcome)) ?? 'skipped';
  return {
    source: text(fields.source),
    outcome: crash ? 'crash' : found,
    verdicts,
    left: all.length - verdicts.length,
    crash,
    seconds: number(fields.seconds),
    line: number(fields.line)
  };
}

function readVerdict(data: unknown): IVerdict {
  const fields = fieldsOf(data);
  const alpha = number(fields.alpha);
  return {
    check: text(fields.check),
    kind: alpha === null ? 'contract' : 'statistical',
    outcome: OUTCOMES[verdictRank(data)],
    claim: text(fields.claim),
    reason: text(fields.reason),
    columns: list(fields.columns).slice(0, MOST_COLUMNS).map(name => text(name)),
    remedy: text(fields.remedy),
    alpha,
    evidence: readEvidence(fields.evidence)
  };
}

/** All, or of too many the worst ones: what fails is never left out for what passes. */
function worstOnes(all: readonly unknown[], most: number, rank: (data: unknown) => number): readonly unknown[] {
  if (all.length <= most) {
    return all;
  }
  const ranked = all.map(data => ({ data, rank: rank(data) }));
  return ranked.sort((one, other) => one.rank - other.rank).slice(0, most).map(each => each.data);
}

/** The place of a verdict's outcome in `OUTCOMES`; one that cannot be read is the worst. */
function verdictRank(data: unknown): number {
  const { outcome } = fieldsOf(data);
  return Math.max(0, OUTCOMES.findIndex(each => each === outcome));
}

function caseRank(data: unknown): number {
  const { crash, verdicts } = fieldsOf(data);
  const least = (rank: number, verdict: unknown) => Math.min(rank, verdictRank(verdict));
  return crash ? 0 : list(verdicts).reduce<number>(least, OUTCOMES.indexOf('skipped'));
}

function readEvidence(data: unknown): IEvidence {
  const fields = fieldsOf(data);
  return {
    estimate: number(fields.estimate),
    low: number(fields.low),
    high: number(fields.high),
    level: number(fields.level),
    pValue: number(fields.p_value),
    limit: number(fields.limit),
    unit: text(fields.unit, 40),
    n: number(fields.n),
    method: text(fields.method),
    seed: number(fields.seed),
    detectable: number(fields.detectable),
    rowsNeeded: number(fields.rows_needed),
    worst: list(fields.worst).slice(0, MOST_WORST).map(readRow),
    plot: readBars(fields.plot)
  };
}

/** The values of a plot; all else in it is left where it is. */
function readBars(data: unknown): IBars | null {
  const { data: held, encoding } = fieldsOf(data);
  const rows = list(fieldsOf(held).values).slice(0, MOST_BARS).map(fieldsOf);
  const values = rows.flatMap(({ value, table, share }) => {
    const read = number(share);
    return read === null ? [] : [{ value: text(value, 60), table: text(table, 60), share: read }];
  });
  return values.length ? { title: text(fieldsOf(fieldsOf(encoding).x).title, 60), values } : null;
}

function readRow(data: unknown): ReadonlyMap<string, Scalar> {
  const cells = Object.entries(fieldsOf(data)).slice(0, MOST_COLUMNS);
  return new Map(cells.map(([name, value]) => [text(name), name === TEST ? text(value, LONGEST_TEST) : scalar(value)]));
}

function readCrash(data: unknown): ICrash | null {
  if (data === null || data === undefined) {
    return null;
  }
  const fields = fieldsOf(data);
  return {
    type: text(fields.type),
    message: text(fields.message),
    traceback: text(fields.traceback, LONGEST_TRACEBACK)
  };
}

function readOrigin(data: unknown): IOrigin | null {
  if (data === null || data === undefined) {
    return null;
  }
  const fields = fieldsOf(data);
  return { cellId: text(fields.cell_id), sourceHash: text(fields.source_hash), kernel: text(fields.kernel) };
}

function fieldsOf(data: unknown): Fields {
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Fields) : {};
}

function list(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? (data as unknown[]) : [];
}

function number(data: unknown): number | null {
  return typeof data === 'number' && Number.isFinite(data) ? data : null;
}

function scalar(data: unknown): Scalar {
  if (typeof data === 'boolean' || data === null) {
    return data;
  }
  return typeof data === 'number' ? number(data) : text(data);
}

/** Text of bounded length; directions and control characters that could disguise it are replaced. */
function text(data: unknown, longest = LONGEST_TEXT): string {
  if (typeof data !== 'string') {
    return '';
  }
  const cut = data.length > longest ? data.slice(0, longest - 1) + '…' : data;
  return cut.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
