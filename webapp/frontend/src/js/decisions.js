// Draws which decision needs which (dmn-js), to look at; it is changed in the list beside it. Only its own page loads this file.
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import DrdViewer from 'dmn-js-drd/lib/NavigatedViewer';
import Manager from 'dmn-js-shared/lib/base/Manager';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import { spoken } from '../editor/dmn.js';

class Graph extends Manager {
  _getViewProviders() {
    return [{ id: 'drd', constructor: DrdViewer, opens: (element) => is(element, 'dmn:Definitions') }];
  }
}

for (const figure of document.querySelectorAll('[data-graph]')) {
  const canvas = figure.querySelector('[data-canvas]');
  try {
    const answer = await fetch(figure.dataset.graph, { headers: { 'X-Fragment': '1' } });
    const graph = new Graph({ container: canvas, drd: { drillDown: { enabled: false }, zoomScroll: { enabled: false } } });
    await graph.importXML(spoken(await answer.text()));
    graph.getActiveViewer().get('canvas').zoom('fit-viewport', 'auto');
    figure.dataset.drawn = Math.round(performance.now());
  } catch (error) {
    canvas.textContent = figure.dataset.failed;
    console.error(error);
  }
}
