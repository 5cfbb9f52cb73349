/** The sidebar panel: the tests of the current notebook, a plain list of buttons. */

import { Widget } from '@lumino/widgets';
import type { Message } from '@lumino/messaging';
import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from './dom';
import { signOf, testsIcon } from './icons';
import { total } from './state';
import type { ITestRow, Word } from './state';
import type { ICellTests, INotebookTests, ITests } from './tokens';
import { countsIn, wordOf } from './words';

/** What the panel can do, handed in by its plugin. */
export interface IPanelActions {
  runCell(cellId: string): void;
  runAll(): void;
  jump(notebook: INotebookTests, cellId: string, line: number | null): void;
}

export class TestsPanel extends Widget {
  private readonly head = element('div', 'mlqa-Panel-head');
  private readonly summary = element('p', 'mlqa-Panel-summary');
  private readonly list = element('ul', 'mlqa-Panel-cells');
  private watched: INotebookTests | null = null;

  constructor(
    private readonly tests: ITests,
    private readonly actions: IPanelActions,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.id = 'mlqa-tests';
    this.addClass('mlqa-Panel');
    this.title.icon = testsIcon;
    this.title.caption = trans.__('Tests of the notebook');
    this.summary.setAttribute('role', 'status'); // the one live region of this extension
    const runAll = this.button('mlqa-Panel-run', trans.__('Run all tests'), () => actions.runAll());
    this.head.append(element('h2', '', trans.__('Tests')), runAll);
    this.node.append(this.head, this.summary, this.list);
    tests.currentChanged.connect(this.watch, this);
    this.watch();
  }

  /** Draw again, keeping the keyboard where it was. */
  protected onUpdateRequest(message: Message): void {
    super.onUpdateRequest(message);
    const focused = this.node.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.key : '';
    const cells = this.watched?.cells ?? [];
    const text = this.said(cells);
    if (this.summary.textContent !== text) {
      this.summary.textContent = text;
    }
    this.head.querySelector('button')?.toggleAttribute('disabled', cells.length === 0);
    this.list.replaceChildren(...cells.map(cell => this.drawCell(cell)));
    if (focused) {
      this.list.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    }
  }

  private watch(): void {
    this.watched?.stateChanged.disconnect(this.update, this);
    this.watched = this.tests.current;
    this.watched?.stateChanged.connect(this.update, this);
    this.update();
  }

  private said(cells: readonly ICellTests[]): string {
    if (this.watched === null) {
      return this.trans.__('Open a notebook to see its tests.');
    }
    if (cells.length === 0) {
      return this.trans.__('No cell of this notebook begins with %1.', '%%mlqa');
    }
    const stale = cells.filter(cell => cell.state.stale !== null).length;
    const counts = countsIn(total(cells.map(cell => cell.state.counts)), this.trans) || this.trans.__('not run');
    return stale ? this.trans._n('%2; %1 cell is stale', '%2; %1 cells are stale', stale, counts) : counts;
  }

  private drawCell(cell: ICellTests): HTMLElement {
    const { trans } = this;
    const place = 1 + this.placeOf(cell.cellId);
    const title = trans.__('Cell %1', place);
    const run = this.button('mlqa-Panel-run', trans.__('Run'), () => this.actions.runCell(cell.cellId));
    run.setAttribute('aria-label', trans.__('Run the tests of cell %1', place));
    run.dataset.key = `run ${cell.cellId}`;
    const head = element('div', 'mlqa-Panel-cell', element('span', 'mlqa-Panel-title', title), this.mark(cell.state.word), run);
    const rows = cell.rows.map((row, index) => element('li', '', this.drawRow(cell, row, index)));
    return element('li', '', head, element('ul', 'mlqa-Panel-rows', ...rows));
  }

  private drawRow(cell: ICellTests, row: ITestRow, index: number): HTMLElement {
    const jump = () => this.watched && this.actions.jump(this.watched, cell.cellId, row.line);
    const button = this.button('mlqa-Panel-test', '', jump);
    const name = row.name || this.trans.__('unnamed');
    const mark = this.mark(row.outcome ?? 'not-run');
    mark.classList.toggle('mlqa-mod-stale', cell.state.stale !== null);
    button.append(element('span', 'mlqa-Panel-name', ...breakable(name)), mark);
    button.title = this.trans.__('Go to %1', name);
    button.dataset.key = `test ${index} ${cell.cellId}`;
    return button;
  }

  private mark(word: Word): HTMLElement {
    const node = element('span', 'mlqa-Mark', signOf(word), wordOf(word, this.trans));
    node.dataset.outcome = word;
    return node;
  }

  private button(className: string, label: string, onClick: () => unknown): HTMLButtonElement {
    const node = element('button', className, label || null);
    node.type = 'button';
    node.addEventListener('click', () => void onClick());
    return node;
  }

  private placeOf(cellId: string): number {
    return this.watched?.panel.content.widgets.findIndex(cell => cell.model.id === cellId) ?? 0;
  }
}

/** A name that may be broken over lines after its underscores. */
function breakable(name: string): Array<Node | string> {
  return name.split(/(?<=_)/).flatMap((part, index) => (index ? [document.createElement('wbr'), part] : [part]));
}
