/** The plugin that keeps the tests of every open notebook. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { NotebookTests } from './model';
import { ITests } from './tokens';
import type { INotebookTests } from './tokens';

/** Makes the tests of a notebook when it opens and lets go of them when it closes. */
class Tests implements ITests, DocumentRegistry.IWidgetExtension<NotebookPanel, INotebookModel> {
  private readonly known = new WeakMap<NotebookPanel, NotebookTests>();
  private readonly addedSignal = new Signal<this, INotebookTests>(this);
  private readonly currentSignal = new Signal<this, INotebookTests | null>(this);

  constructor(private readonly tracker: INotebookTracker) {
    tracker.currentChanged.connect(() => this.currentSignal.emit(this.current));
  }

  get current(): INotebookTests | null {
    const panel = this.tracker.currentWidget;
    return panel && this.of(panel);
  }

  get currentChanged(): ISignal<this, INotebookTests | null> {
    return this.currentSignal;
  }

  get added(): ISignal<this, INotebookTests> {
    return this.addedSignal;
  }

  of(panel: NotebookPanel): INotebookTests | null {
    return this.known.get(panel) ?? null;
  }

  createNew(panel: NotebookPanel): NotebookTests {
    const tests = new NotebookTests(panel);
    this.known.set(panel, tests);
    this.addedSignal.emit(tests);
    return tests;
  }
}

export const tests: JupyterFrontEndPlugin<ITests> = {
  id: '@mlqa/labextension:tests',
  description: 'Keeps the tests of every open notebook.',
  autoStart: true,
  requires: [INotebookTracker],
  provides: ITests,
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker): ITests => {
    const all = new Tests(tracker);
    app.docRegistry.addWidgetExtension('Notebook', all);
    return all;
  }
};
