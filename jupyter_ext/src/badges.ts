/** A badge in the prompt column of every test cell. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { Cell } from '@jupyterlab/cells';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';

import { element } from './dom';
import { signOf } from './icons';
import type { ICellState } from './state';
import { ITests, SETTINGS } from './tokens';
import type { INotebookTests } from './tokens';
import { sentence, wordOf } from './words';

/** The state of a test cell: a sign, a word and, where there are several tests, how many. */
class Badge extends Widget {
  constructor(private readonly trans: TranslationBundle) {
    super();
    this.addClass('mlqa-Badge');
    this.node.setAttribute('role', 'img');
  }

  draw(state: ICellState): void {
    const word = wordOf(state.word, this.trans);
    const label = sentence(state, this.trans);
    this.node.dataset.state = state.word;
    this.node.dataset.outcome = state.outcome ?? '';
    this.node.setAttribute('aria-label', label);
    this.node.title = label;
    this.node.replaceChildren(signOf(state.word), element('span', 'mlqa-Badge-word', word));
  }
}

/** The badges of one notebook; each cell has at most one, made when it becomes a test cell. */
class Badges {
  private readonly made = new WeakMap<Cell, Badge>();

  constructor(
    private readonly tests: INotebookTests,
    private readonly trans: TranslationBundle,
    private readonly wanted: () => boolean
  ) {
    tests.stateChanged.connect(() => this.refresh());
  }

  refresh(): void {
    for (const cell of this.tests.panel.content.widgets) {
      const found = this.wanted() ? this.tests.of(cell.model.id) : null;
      const badge = this.made.get(cell) ?? (found ? this.make(cell) : null);
      badge?.setHidden(found === null);
      if (found) {
        badge?.draw(found.state);
      }
    }
  }

  /** The badge joins its cell once that is drawn. */
  private make(cell: Cell): Badge {
    const badge = new Badge(this.trans);
    this.made.set(cell, badge);
    void cell.ready.then(() => {
      const place = placeIn(cell);
      if (place && !cell.isDisposed) {
        place.addClass('mlqa-Badged');
        place.addWidget(badge);
      }
    });
    return badge;
  }
}

/** What holds the input or, where it is collapsed, its placeholder: the badge stays in sight with either. */
function placeIn(cell: Cell): Panel | null {
  for (const child of cell.children()) {
    if (child instanceof Panel && child.hasClass('jp-Cell-inputWrapper')) {
      return child;
    }
  }
  return null;
}

export const badges: JupyterFrontEndPlugin<void> = {
  id: '@mlqa/labextension:badges',
  description: 'Shows the outcome of its tests beside every test cell.',
  autoStart: true,
  requires: [ITests],
  optional: [ITranslator, ISettingRegistry],
  activate: async (
    _: JupyterFrontEnd,
    tests: ITests,
    translator: ITranslator | null,
    registry: ISettingRegistry | null
  ): Promise<void> => {
    const trans = (translator ?? nullTranslator).load('mlqa');
    const all = new Set<Badges>();
    let wanted = true;
    tests.added.connect((_sender, notebook) => {
      const layer = new Badges(notebook, trans, () => wanted);
      all.add(layer);
      notebook.panel.disposed.connect(() => all.delete(layer));
    });
    const settings = await registry?.load(SETTINGS).catch(() => null);
    const read = () => {
      wanted = settings?.get('showBadges').composite !== false;
      all.forEach(layer => layer.refresh());
    };
    settings?.changed.connect(read);
    read();
  }
};
