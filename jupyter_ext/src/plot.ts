/** The small plot of a verdict, drawn by JupyterLab's own Vega-Lite when it is first looked at. */

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import { element } from './dom';
import type { IBars } from './verdict';

const MIMES = ['application/vnd.vegalite.v6+json', 'application/vnd.vegalite.v5+json'];

let registry: IRenderMimeRegistry | null = null;

/** Name the registry whose renderers draw; without one there is no plot. */
export function plotWith(renderers: IRenderMimeRegistry): void {
  registry = renderers;
}

/** The plot, or null where there is none. */
export function drawPlot(bars: IBars | null): HTMLElement | null {
  const mime = MIMES.find(each => registry?.getFactory(each));
  if (bars === null || registry === null || mime === undefined) {
    return null;
  }
  const renderer = registry.createRenderer(mime);
  const place = element('div', 'mlqa-Plot', renderer.node);
  const model = registry.createModel({ data: { [mime]: specOf(bars, mime) }, trusted: false });
  renderer.renderModel(model).catch(() => place.remove());
  return place;
}

/** A specification of ours around the values: one that came with a report is never run. */
function specOf({ title, values }: IBars, mime: string): { [key: string]: any } {
  const version = mime.includes('v6') ? 'v6' : 'v5';
  return {
    $schema: `https://vega.github.io/schema/vega-lite/${version}.json`,
    usermeta: { embedOptions: { actions: false } },
    width: { step: 10 },
    height: 110,
    data: { values: values.map(value => ({ ...value })) },
    mark: 'bar',
    encoding: {
      x: { field: 'value', type: 'nominal', sort: null, title },
      xOffset: { field: 'table', sort: null },
      y: { field: 'share', type: 'quantitative', title: 'share of rows' },
      color: { field: 'table', type: 'nominal', sort: null, title: null },
      tooltip: [{ field: 'value' }, { field: 'table' }, { field: 'share' }]
    }
  };
}
