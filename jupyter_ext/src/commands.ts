/** The commands, and where they are found: palette, menu and the notebook's toolbar. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { NotebookActions } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { testsIcon } from './icons';
import { CommandIDs, ITests } from './tokens';
import type { INotebookTests } from './tokens';

const NO_ARGUMENTS = { type: 'object', properties: {} } as const;
const CELL_ARGUMENT = {
  type: 'object',
  properties: { cellId: { type: 'string', description: 'Id of a test cell; by default the active cell.' } }
} as const;

/** Run test cells one after the other; one that fails does not keep the next from running. */
async function run(notebook: INotebookTests, ids: readonly string[]): Promise<void> {
  const { content, sessionContext } = notebook.panel;
  for (const id of ids) {
    const cell = content.widgets.find(each => each.model.id === id);
    if (cell) {
      await NotebookActions.runCells(content, [cell], sessionContext);
    }
    if (!sessionContext.session?.kernel) {
      return; // the user was asked for a kernel and chose none: once is enough
    }
  }
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
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tests: ITests,
    translator: ITranslator | null,
    palette: ICommandPalette | null
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
          await run(tests.current, [id]);
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
            tests.current.cells.map(cell => cell.cellId)
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
