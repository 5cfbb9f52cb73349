/** The tests of one notebook: state and one signal, no DOM. */

import { isCodeCellModel } from '@jupyterlab/cells';
import type { CellList, NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { CellWatch } from './cell';
import { KernelIdentity } from './kernel';
import type { ICellTests, INotebookTests } from './tokens';

/** Watches every code cell of a notebook; nothing is stored, all is derived from the notebook itself. */
export class NotebookTests implements INotebookTests, IDisposable {
  private readonly kernel: KernelIdentity;
  private watches = new Map<string, CellWatch>();
  private pending = false;
  private disposed = false;
  private readonly changedSignal = new Signal<this, void>(this);

  constructor(readonly panel: NotebookPanel) {
    this.kernel = new KernelIdentity(panel.sessionContext);
    void panel.context.ready.then(() => this.start());
  }

  get cells(): readonly ICellTests[] {
    return [...this.watches.values()].flatMap(watch => watch.current ?? []);
  }

  get stateChanged(): ISignal<this, void> {
    return this.changedSignal;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  of(cellId: string): ICellTests | null {
    return this.watches.get(cellId)?.current ?? null;
  }

  dispose(): void {
    this.disposed = true;
    this.kernel.dispose();
    this.watches.forEach(watch => watch.dispose());
    this.watches.clear();
    Signal.clearData(this);
  }

  private start(): void {
    const cells = this.panel.model?.cells;
    if (cells && !this.disposed) {
      cells.changed.connect(this.sync, this);
      this.sync(cells);
    }
  }

  /** Watch the cells that are there now, in their order; let go of those that left. */
  private sync(cells: CellList): void {
    const watches = new Map<string, CellWatch>();
    for (const model of cells) {
      if (isCodeCellModel(model)) {
        const known = this.watches.get(model.id);
        const same = known?.model === model; // a cell that was moved is another model with the same id
        watches.set(model.id, same ? known : new CellWatch(model, this.kernel, () => this.announce()));
      }
    }
    this.watches.forEach((watch, id) => watches.get(id) === watch || watch.dispose());
    this.watches = watches;
    this.announce();
  }

  /** One signal for a batch of changes, after the widgets of new cells have been made. */
  private announce(): void {
    if (!this.pending) {
      this.pending = true;
      queueMicrotask(() => {
        this.pending = false;
        if (!this.disposed) {
          this.changedSignal.emit();
        }
      });
    }
  }
}
