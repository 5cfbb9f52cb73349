/** The plugin that draws `application/vnd.mlqa.report+json`. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { drawReport, drawUnknown } from './card';
import { plotWith } from './plot';
import { MIME, parseReport } from './verdict';

/** A report's card as the output of a cell. */
class ReportWidget extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly trans: TranslationBundle) {
    super();
    this.addClass('mlqa-Report');
  }

  /** Draw the report of an output; what it holds is untrusted and becomes text only. */
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const parsed = parseReport(model.data[MIME]);
    const plain = model.data['text/plain'];
    const card =
      'report' in parsed
        ? drawReport(parsed.report, this.trans)
        : drawUnknown(parsed.unknown, typeof plain === 'string' ? plain : '', this.trans);
    this.node.replaceChildren(card);
  }
}

export const renderer: JupyterFrontEndPlugin<void> = {
  id: '@mlqa/labextension:renderer',
  description: 'Draws mlqa reports in the outputs of notebooks.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [ITranslator],
  activate: (_: JupyterFrontEnd, registry: IRenderMimeRegistry, translator: ITranslator | null): void => {
    plotWith(registry);
    const trans = (translator ?? nullTranslator).load('mlqa');
    registry.addFactory(
      { safe: true, mimeTypes: [MIME], defaultRank: 1, createRenderer: () => new ReportWidget(trans) },
      1
    );
  }
};
