// The table editor of the workshop (dmn-js); only its own page loads this file. The plain table does the same without it.
import '../editor/nonce.js';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import EditingManager from 'dmn-js-shared/lib/base/EditingManager';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import DecisionTableEditor from 'dmn-js-decision-table/lib/Editor';
import { back, spoken, written } from '../editor/dmn.js';
import { page, send, translation } from '../editor/page.js';
import { Saving } from '../editor/saving.js';

const version = written(page.xml);

class Tables extends EditingManager {
  _getViewProviders() {
    return [{
      id: 'decisionTable', constructor: DecisionTableEditor,
      opens: (element) => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:DecisionTable'),
    }];
  }
}

const root = document.querySelector('[data-editor]');
const status = root.querySelector('[data-rows]');
const tables = new Tables({ container: root.querySelector('[data-canvas]'), decisionTable: { additionalModules: [translation] } });
const saving = new Saving(root, async () => back((await tables.saveXML({ format: true })).xml, version), check);
let found = { rows: {}, general: [] };
let matched = [];

await tables.importXML(spoken(page.xml), { open: false });
await tables.open(tables.getViews().find(({ element }) => element.id === page.decision));
const viewer = tables.getActiveViewer();
viewer.get('eventBus').on('commandStack.changed', () => { matched = []; saving.later(); setTimeout(mark); });
show(page.found);
root.dataset.ready = Math.round(performance.now());

/** What is wrong with the rules after saving. */
async function check() {
  const answer = await send(page.urls.findings, { method: 'GET' }).catch(() => null);
  if (answer?.ok) show(await answer.json());
}

function show(told) {
  found = told;
  const lines = [...told.general, ...new Set(Object.values(told.rows).flat())];
  if (!lines.length) lines.push(page.labels.none);
  status.replaceChildren(...lines.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
  mark();
}

/** Rows with a finding and rows that match are marked, with a word for who does not see colours. */
function mark() {
  for (const head of root.querySelectorAll('th.index-column:empty')) {
    head.append(Object.assign(document.createElement('span'), { className: 'kern-sr-only', textContent: page.labels.row }));
  }
  root.querySelectorAll('td.rule-index').forEach((cell, index) => {
    const row = cell.parentElement;
    const number = index + 1;
    row.classList.toggle('is-wrong', Boolean(found.rows[number]));
    row.classList.toggle('is-match', matched.includes(number));
    cell.title = [matched.includes(number) ? page.labels.match : '', ...(found.rows[number] ?? [])].filter(Boolean).join(' ');
  });
}

const trial = document.querySelector('[data-trial]');
trial?.addEventListener('submit', async (event) => {
  event.preventDefault();
  await saving.now();
  const answer = await send(page.urls.trial, { body: new FormData(trial) }).catch(() => null);
  if (!answer?.ok) return;
  const told = await answer.json();
  matched = told.matched;
  const output = document.querySelector('[data-told]');
  output.replaceChildren(...[told.heading, ...told.sentences].map((text) => Object.assign(document.createElement('p'), { textContent: text })));
  mark();
});
