/** One code cell watched: its tests and their state, derived again whenever something it rests on changes. */

import type { ICodeCellModel } from '@jupyterlab/cells';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { KernelIdentity } from './kernel';
import { isTestCell } from './source';
import { rowsOf, stateOf } from './state';
import type { ICellFacts } from './state';
import type { ICellTests } from './tokens';
import { MIME, parseReport } from './verdict';
import type { Parsed } from './verdict';

/** Calls back when what is shown of a cell would differ. */
export class CellWatch implements IDisposable {
  private tests: ICellTests | null = null;
  private parsed: Parsed | null = null;
  private shown = '';
  private disposed = false;

  constructor(
    readonly model: ICodeCellModel,
    private readonly kernel: KernelIdentity,
    private readonly onChange: () => void
  ) {
    model.contentChanged.connect(this.refresh, this);
    model.stateChanged.connect(this.refresh, this);
    model.outputs.changed.connect(this.onOutputs, this);
    model.outputs.stateChanged.connect(this.onOutputs, this);
    kernel.changed.connect(this.refresh, this);
    this.parsed = lastReport(model);
    this.refresh();
  }

  /** Null where the cell is not a test cell. */
  get current(): ICellTests | null {
    return this.tests;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    this.disposed = true;
    Signal.clearData(this);
  }

  /** A new report that arrives while the cell runs was made by the running kernel. */
  private onOutputs(): void {
    const parsed = lastReport(this.model);
    this.parsed = parsed;
    const origin = parsed && 'report' in parsed ? parsed.report.origin : null;
    if (origin?.kernel && this.model.executionState === 'running') {
      this.kernel.adopt(origin.kernel);
    }
    this.refresh();
  }

  private refresh(): void {
    const source = this.model.sharedModel.getSource();
    const facts: ICellFacts = {
      source,
      parsed: this.parsed,
      running: this.model.executionState === 'running',
      kernel: this.kernel.id
    };
    this.tests = isTestCell(source) ? { cellId: this.model.id, state: stateOf(facts), rows: rowsOf(facts) } : null;
    const shown = JSON.stringify(this.tests);
    if (shown !== this.shown) {
      this.shown = shown;
      this.onChange();
    }
  }
}

/** The last report among a cell's outputs; one that was made for a cell goes before one that was only shown. */
function lastReport(model: ICodeCellModel): Parsed | null {
  let last: Parsed | null = null;
  for (let index = 0; index < model.outputs.length; index++) {
    const data = model.outputs.get(index).data[MIME];
    if (data === undefined) {
      continue;
    }
    const parsed = parseReport(data);
    if (!isOfCell(last) || isOfCell(parsed)) {
      last = parsed;
    }
  }
  return last;
}

function isOfCell(parsed: Parsed | null): boolean {
  return parsed !== null && 'report' in parsed && parsed.report.origin !== null;
}
