// Draws a case's diagram with "you are here" and the way taken so far; only case pages load this file.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

const MARKERS = {
  visited: 'is-visited', current: 'is-current', incidents: 'is-incident',
  added: 'is-added', changed: 'is-changed', removed: 'is-removed',
};
// What is looked at first: where a case stands, else what two versions differ in.
const FIRST = ['current', 'changed', 'added', 'removed'];

for (const figure of document.querySelectorAll('[data-diagram]')) {
  const details = figure.closest('details');
  // A closed panel has no size to fit into: wait until it is opened.
  if (details && !details.open) details.addEventListener('toggle', () => draw(figure), { once: true });
  else draw(figure);
}

async function draw(figure) {
  const canvasElement = figure.querySelector('[data-canvas]');
  const get = (url) => fetch(url, { headers: { 'X-Fragment': '1' } });
  try {
    const now = figure.dataset.marksNow;
    const [xml, marks] = await Promise.all([
      get(figure.dataset.diagram).then((response) => response.text()),
      now ? JSON.parse(now) : get(figure.dataset.marks).then((response) => response.json()),
    ]);
    // The wheel belongs to the page; zooming has its own buttons.
    const viewer = new NavigatedViewer({ container: canvasElement, zoomScroll: { enabled: false } });
    await viewer.importXML(xml);
    mark(viewer, marks);
    const fit = () => center(viewer, marks);
    fit();
    const tools = figure.querySelector('[data-tools]');
    tools.hidden = false;
    tools.querySelector('[data-zoom="in"]').addEventListener('click', () => viewer.get('zoomScroll').stepZoom(1));
    tools.querySelector('[data-zoom="out"]').addEventListener('click', () => viewer.get('zoomScroll').stepZoom(-1));
    tools.querySelector('[data-zoom="fit"]').addEventListener('click', () => viewer.get('canvas').zoom('fit-viewport', 'auto'));
    tools.querySelector('[data-zoom="here"]').addEventListener('click', fit);
    figure.dataset.drawn = 'true';
  } catch (error) {
    canvasElement.textContent = figure.dataset.failed;
    console.error(error);
  }
}

function mark(viewer, marks) {
  const canvas = viewer.get('canvas');
  const elements = viewer.get('elementRegistry');
  for (const [kind, marker] of Object.entries(MARKERS)) {
    for (const id of marks[kind] || []) if (elements.get(id)) canvas.addMarker(id, marker);
  }
  const word = canvas.getContainer().closest('[data-diagram]').dataset.here;
  const here = word ? (marks.current || []).map((id) => elements.get(id)).filter(Boolean) : [];
  for (const element of here) {
    const html = document.createElement('span');
    html.className = 'diagram-here';
    html.textContent = word;
    viewer.get('overlays').add(element, { position: { top: -34, left: element.width / 2 }, html, scale: { min: 0.9, max: 1.2 } });
  }
}

/** Fits the whole diagram; where it would become too small to read, shows the place the case is at. */
function center(viewer, marks) {
  const canvas = viewer.get('canvas');
  const readable = 0.62;
  if (canvas.zoom('fit-viewport', 'auto') >= readable) return;
  const ids = FIRST.flatMap((kind) => marks[kind] || []);
  const shapes = ids.map((id) => viewer.get('elementRegistry').get(id)).filter(Boolean);
  const element = shapes.find((shape) => !shape.waypoints) ?? (shapes[0] && { ...shapes[0].waypoints[0], width: 0, height: 0 });
  canvas.zoom(readable);
  const { width, height, inner } = canvas.viewbox();
  const start = element ?? { x: inner.x, y: inner.y, width: 0, height: 0 };
  const within = (wanted, least, size, shown) => Math.max(least - 20, Math.min(wanted, least + size - shown + 20));
  canvas.viewbox({
    x: within(start.x + start.width / 2 - width / 2, inner.x, inner.width, width),
    y: within(start.y + start.height / 2 - height / 2, inner.y, inner.height, height),
    width, height,
  });
}
