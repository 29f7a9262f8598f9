// Inputs and outputs as a list: which value goes under which name.
import { ListGroup } from '@bpmn-io/properties-panel';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { line, textOrFormula } from './entries.jsx';
import { Change, businessObject, extension, mapping } from './model.js';
import { page, t } from './page.js';

const MAPPED = ['bpmn:Activity', 'bpmn:CatchEvent', 'bpmn:ThrowEvent'];

export function mappings(element, services) {
  if (!MAPPED.some((type) => is(element, type))) return [];
  const outputs = is(element, 'bpmn:EndEvent') ? [] : [list(element, services, 'output', t('Was wird gemerkt?'))];
  const inputs = is(element, 'bpmn:Activity') || is(element, 'bpmn:ThrowEvent') ? [list(element, services, 'input', t('Was wird übergeben?'))] : [];
  return [...inputs, ...outputs];
}

/** An operator's own parameters have fields of their own. */
function list(element, services, direction, label) {
  const bo = businessObject(element);
  const operator = page.choices.operators.find((each) => each.key === extension(bo, 'zeebe:TaskDefinition')?.get('type'));
  const own = new Set(direction === 'input' ? operator?.parameters.map((each) => each.key) : []);
  const all = mapping(bo, direction).map((each) => [each.source ?? '', each.target ?? '']);
  const write = (pairs) => new Change(services, element).mapping(bo, direction, pairs).commit();
  const change = (index, part) => (value) => write(all.map((pair, at) => (at === index ? Object.assign([...pair], { [part]: value ?? '' }) : pair)));
  const items = all.map(([, target], index) => ({
    id: `${direction}-${index}`,
    label: target || t('neue Angabe'),
    autoFocusEntry: `${direction}-${index}-target`,
    remove: (event) => { event.stopPropagation(); write(all.filter((_, at) => at !== index)); },
    entries: [
      line(`${direction}-${index}-target`, t('Name'), () => all[index][1], change(index, 1)),
      textOrFormula(`${direction}-${index}-source`, t('Wert'), () => all[index][0], change(index, 0), { description: t('Ein Text, oder nach = eine Formel.') }),
    ].map((entry) => ({ element, ...entry })),
  })).filter((_, index) => !own.has(all[index][1]));
  const add = (event) => { event.stopPropagation(); write([...all, ['=null', `value_${all.length + 1}`]]); };
  return { id: `mapping-${direction}`, component: ListGroup, label, items, add, element };
}
