// The diagram editor of the workshop; only its own page loads this file.
import '../editor/nonce.js';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import '../editor/editor.css';
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule } from 'bpmn-js-properties-panel';
import minimap from 'diagram-js-minimap';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';
import { houseBlocks } from '../editor/blocks.js';
import { dialect } from '../editor/dialect.js';
import { Findings } from '../editor/findings.js';
import { page, translation } from '../editor/page.js';
import { ourPanel } from '../editor/panel.js';
import { Saving } from '../editor/saving.js';
import { forget } from '../editor/variables.js';

const READABLE = 0.6;
const root = document.querySelector('[data-editor]');
const modeler = new Modeler({
  container: root.querySelector('[data-canvas]'),
  propertiesPanel: { parent: root.querySelector('[data-panel]') },
  minimap: { open: innerWidth > 1000 },
  moddleExtensions: { zeebe },
  additionalModules: [BpmnPropertiesPanelModule, minimap, translation, dialect, houseBlocks, ourPanel],
});

const saving = new Saving(root, async () => (await modeler.saveXML({ format: true })).xml, (told) => {
  forget();
  findings.show(told.findings);
});
const findings = new Findings(root, modeler, { saved: () => saving.now(), reopened });

await modeler.importXML(page.xml);
overview();
modeler.get('eventBus').on('commandStack.changed', () => { saving.later(); tools(); });
findings.show(page.findings);
// A finding on another page leads to its element; the panel follows selections once it has drawn itself.
requestAnimationFrame(() => setTimeout(() => findings.showElement(new URLSearchParams(location.search).get('element') ?? '')));
for (const button of root.querySelectorAll('[data-tool]')) button.addEventListener('click', () => TOOLS[button.dataset.tool]());
tools();
root.dataset.ready = Math.round(performance.now());

/** The server mended something: its diagram is drawn anew at the same place. */
async function reopened({ xml, revision, findings: found, element }) {
  saving.revision = revision;
  const box = modeler.get('canvas').viewbox();
  await modeler.importXML(xml);
  modeler.get('canvas').viewbox({ x: box.x, y: box.y, width: box.width, height: box.height });
  forget();
  findings.show(found);
  tools();
  if (element) findings.showElement(element);
}

const TOOLS = {
  undo: () => modeler.get('commandStack').undo(),
  redo: () => modeler.get('commandStack').redo(),
  // A click outside closes the search, this very one included: wait until it is over.
  search: () => setTimeout(() => modeler.get('searchPad').toggle()),
  fit: () => { modeler.get('canvas').zoom('fit-viewport', 'auto'); },
  in: () => modeler.get('zoomScroll').stepZoom(1),
  out: () => modeler.get('zoomScroll').stepZoom(-1),
  help: () => root.querySelector('[data-help]').showModal(),
};

/** The whole diagram where it stays readable, else its beginning. */
function overview() {
  const canvas = modeler.get('canvas');
  if (canvas.zoom('fit-viewport', 'auto') >= READABLE) return;
  canvas.zoom(READABLE);
  const { inner, width, height } = canvas.viewbox();
  canvas.viewbox({ x: inner.x - 90 / READABLE, y: inner.y - 40 / READABLE, width, height });
}

function tools() {
  root.querySelector('[data-tool="undo"]').disabled = !modeler.get('commandStack').canUndo();
  root.querySelector('[data-tool="redo"]').disabled = !modeler.get('commandStack').canRedo();
}
