/** What the plugins of this extension, and others, may ask of one another. */

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { ICellState, ITestRow } from './state';

/** The tests of one test cell and what is known of their last run. */
export interface ICellTests {
  readonly cellId: string;
  readonly state: ICellState;
  readonly rows: readonly ITestRow[];
}

/** The test cells of one notebook, in order. */
export interface INotebookTests {
  readonly panel: NotebookPanel;
  readonly cells: readonly ICellTests[];
  /** Emitted once per batch of changes, only when something shown would differ. */
  readonly stateChanged: ISignal<INotebookTests, void>;
  /** The tests of a cell, or null where it is not a test cell. */
  of(cellId: string): ICellTests | null;
}

/** The tests of every open notebook. */
export interface ITests {
  readonly current: INotebookTests | null;
  readonly currentChanged: ISignal<ITests, INotebookTests | null>;
  /** Emitted for each notebook that is opened. */
  readonly added: ISignal<ITests, INotebookTests>;
  of(panel: NotebookPanel): INotebookTests | null;
}

export const ITests = new Token<ITests>(
  '@mlqa/labextension:ITests',
  'The test cells of the open notebooks with their last outcomes.'
);

/** Ids of the commands. */
export namespace CommandIDs {
  export const runCell = 'mlqa:run-cell-tests';
  export const runNotebook = 'mlqa:run-notebook-tests';
  export const showPanel = 'mlqa:show-panel';
}

/** The plugin whose schema holds the settings and the toolbar. */
export const SETTINGS = '@mlqa/labextension:plugin';
