/** The plugin that puts the panel into the sidebar. */

import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { testsIcon } from './icons';
import { TestsPanel } from './panel';
import { CommandIDs, ITests } from './tokens';
import type { INotebookTests } from './tokens';

/** Go to a line of a cell, ready to type. */
async function jump(app: JupyterFrontEnd, notebook: INotebookTests, cellId: string, line: number | null): Promise<void> {
  const { content, id } = notebook.panel;
  const index = content.widgets.findIndex(cell => cell.model.id === cellId);
  if (index < 0) {
    return;
  }
  app.shell.activateById(id);
  content.deselectAll();
  content.activeCellIndex = index;
  await content.scrollToItem(index, 'smart');
  await content.widgets[index].ready;
  content.mode = 'edit';
  const { editor } = content.widgets[index];
  editor?.focus();
  if (line !== null) {
    editor?.setCursorPosition({ line: Math.min(Math.max(line, 1), editor.lineCount) - 1, column: 0 });
  }
}

export const sidebar: JupyterFrontEndPlugin<void> = {
  id: '@mlqa/labextension:panel',
  description: 'Lists the tests of the current notebook in the sidebar.',
  autoStart: true,
  requires: [ITests],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tests: ITests,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mlqa');
    const panel = new TestsPanel(
      tests,
      {
        runCell: cellId => void app.commands.execute(CommandIDs.runCell, { cellId }),
        runAll: () => void app.commands.execute(CommandIDs.runNotebook),
        jump: (notebook, cellId, line) => void jump(app, notebook, cellId, line)
      },
      trans
    );
    app.shell.add(panel, 'right', { rank: 700, type: 'Tests' });
    restorer?.add(panel, 'mlqa-tests');
    app.commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show Tests'),
      caption: trans.__('Show the tests of the current notebook in the sidebar'),
      icon: testsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => app.shell.activateById(panel.id)
    });
    palette?.addItem({ command: CommandIDs.showPanel, category: trans.__('Tests') });
  }
};
