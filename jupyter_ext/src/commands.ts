/** The commands, and where they are found: palette, menu and the notebook's toolbar. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, ISessionContextDialogs } from '@jupyterlab/apputils';
import type { ISessionContext } from '@jupyterlab/apputils';
import { isCodeCellModel } from '@jupyterlab/cells';
import type { ICellModel } from '@jupyterlab/cells';
import { NotebookActions } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Kernel } from '@jupyterlab/services';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { testsIcon } from './icons';
import { GONE } from './kernel';
import { CommandIDs, ITests } from './tokens';
import type { INotebookTests } from './tokens';

const NO_ARGUMENTS = { type: 'object', properties: {} } as const;
const CELL_ARGUMENT = {
  type: 'object',
  properties: { cellId: { type: 'string', description: 'Id of a test cell; by default the active cell.' } }
} as const;

type Dialogs = ISessionContext.IDialogs | null;

/**
 * Run test cells one after the other.
 *
 * One that fails does not keep the next from running; an interrupt or a
 * restart does. Without a kernel nothing is run: Lab would clear the results.
 */
async function run(notebook: INotebookTests, ids: readonly string[], dialogs: Dialogs): Promise<void> {
  const { content, sessionContext } = notebook.panel;
  if (sessionContext.hasNoKernel && (await sessionContext.startKernel())) {
    await dialogs?.selectKernel(sessionContext);
  }
  let gone = sessionContext.hasNoKernel;
  const watch = (_: ISessionContext, status: Kernel.Status) => {
    gone ||= GONE.has(status);
  };
  sessionContext.statusChanged.connect(watch);
  try {
    for (const id of ids) {
      const cell = content.widgets.find(each => each.model.id === id);
      if (cell && !gone) {
        await NotebookActions.runCells(content, [cell], sessionContext, dialogs ?? undefined);
        gone ||= interrupted(cell.model);
      }
    }
  } finally {
    sessionContext.statusChanged.disconnect(watch);
  }
}

/** Whether the last run of a cell ended by an interrupt. */
function interrupted(model: ICellModel): boolean {
  return isCodeCellModel(model) && model.outputs.toJSON().some(output => output.ename === 'KeyboardInterrupt');
}

/** The test cell that is meant: the one named, else the active one. */
function chosen(tests: ITests, args: ReadonlyPartialJSONObject): string | null {
  const active = tests.current?.panel.content.activeCell?.model.id;
  const id = typeof args.cellId === 'string' ? args.cellId : active;
  return id !== undefined && tests.current?.of(id) ? id : null;
}

export const commands: JupyterFrontEndPlugin<void> = {
  id: '@mlqa/labextension:plugin',
  description: 'Commands that run the tests of a cell or of a notebook.',
  autoStart: true,
  requires: [ITests],
  optional: [ITranslator, ICommandPalette, ISessionContextDialogs],
  activate: (
    app: JupyterFrontEnd,
    tests: ITests,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    dialogs: Dialogs
  ): void => {
    const trans = (translator ?? nullTranslator).load('mlqa');
    app.commands.addCommand(CommandIDs.runCell, {
      label: trans.__('Run Tests of This Cell'),
      caption: trans.__('Run the active test cell'),
      icon: testsIcon,
      describedBy: { args: CELL_ARGUMENT },
      isEnabled: args => chosen(tests, args) !== null,
      execute: async args => {
        const id = chosen(tests, args);
        if (tests.current && id !== null) {
          await run(tests.current, [id], dialogs);
        }
      }
    });
    app.commands.addCommand(CommandIDs.runNotebook, {
      label: trans.__('Run All Tests of This Notebook'),
      caption: trans.__('Run every test cell of this notebook, in order, and no other cell'),
      icon: testsIcon,
      describedBy: { args: NO_ARGUMENTS },
      isEnabled: () => tests.current !== null && tests.current.cells.length > 0,
      execute: async () => {
        if (tests.current) {
          await run(
            tests.current,
            tests.current.cells.map(cell => cell.cellId),
            dialogs
          );
        }
      }
    });
    const notify = () => {
      app.commands.notifyCommandChanged(CommandIDs.runCell);
      app.commands.notifyCommandChanged(CommandIDs.runNotebook);
    };
    tests.currentChanged.connect(notify);
    tests.added.connect((_, notebook) => notebook.stateChanged.connect(notify));
    for (const command of [CommandIDs.runCell, CommandIDs.runNotebook]) {
      palette?.addItem({ command, category: trans.__('Tests') });
    }
  }
};
