// What the steps read: forms, people and dates of user tasks, operators with their parameters, decisions, formulas.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { Change, businessObject, extension, mapping, zeebeProperty } from './model.js';
import { choice, formula, group, line, textOrFormula, tick } from './entries.jsx';
import { moment } from './dates.js';
import { page, t } from './page.js';

const FORMULA = '=';

export function userTask(element, services) {
  const bo = businessObject(element);
  const get = (type, name) => extension(bo, type)?.get(name) ?? '';
  const set = (type, name) => (value) => change((made) => made.set(bo, type, { [name]: value }));
  const change = (make) => { const made = new Change(services, element); make(made); made.commit(); };
  const groups = () => get('zeebe:AssignmentDefinition', 'candidateGroups');
  const isFormula = groups().startsWith('=');
  const chooseGroup = (value) => set('zeebe:AssignmentDefinition', 'candidateGroups')(value === FORMULA ? '=owner_group' : value);
  const others = services.elementRegistry.filter((each) => is(each, 'bpmn:UserTask') && each.type !== 'label' && each !== element);
  const schedule = (name) => [() => ({ kind: 'timeDate', text: get('zeebe:TaskSchedule', name) }), ({ text }) => set('zeebe:TaskSchedule', name)(text)];
  const isUser = is(element, 'bpmn:UserTask');
  return [
    isUser && group('form', t('Formular'), [
      choice('form', t('Formular'), page.choices.forms, () => get('zeebe:FormDefinition', 'formId'), set('zeebe:FormDefinition', 'formId'), { none: t('kein Formular') }),
    ]),
    group('people', t('Wer macht das?'), [
      choice('group', t('Gruppe'), [...page.choices.groups, { key: FORMULA, name: t('aus einer Formel') }], () => (isFormula ? FORMULA : groups()), chooseGroup, { none: laneWords(element) }),
      isFormula && formula('groupFormula', t('Formel für die Gruppe'), groups, set('zeebe:AssignmentDefinition', 'candidateGroups')),
      textOrFormula('assignee', t('Person'), () => get('zeebe:AssignmentDefinition', 'assignee'), set('zeebe:AssignmentDefinition', 'assignee'), { description: t('Nur wenn eine bestimmte Person zuständig ist, zum Beispiel =owner.'), choices: page.choices.people }),
      isUser && choice('fourEyes', t('Vier Augen: nicht, wer dies gemacht hat'), others.map((each) => ({ key: each.id, name: businessObject(each).name || each.id })), () => zeebeProperty(bo, 'fourEyes'), (value) => change((made) => made.property(bo, 'fourEyes', value)), { none: t('alle dürfen') }),
      isUser && tick('sharedWithContact', t('Auch wer angefragt hat, darf das über den eigenen Link tun'), () => zeebeProperty(bo, 'sharedWithContact') === 'true', (value) => change((made) => made.property(bo, 'sharedWithContact', value ? 'true' : ''))),
      isUser && zeebeProperty(bo, 'onlyFor') && formula('onlyFor', t('Nur diese Personen'), () => zeebeProperty(bo, 'onlyFor'), (value) => change((made) => made.property(bo, 'onlyFor', value))),
    ]),
    group('dates', t('Bis wann?'), [
      ...moment(element, 'due', t('Frist'), ...schedule('dueDate'), ['timeDate'], t('keine Frist')),
      ...moment(element, 'followUp', t('Wiedervorlage'), ...schedule('followUpDate'), ['timeDate'], t('keine Wiedervorlage')),
      textOrFormula('priority', t('Dringlichkeit (0 bis 100)'), () => get('zeebe:PriorityDefinition', 'priority'), set('zeebe:PriorityDefinition', 'priority')),
    ]),
  ];
}

/** Who it is when no group is chosen: the lane's. */
function laneWords(element) {
  const lane = (businessObject(element).get('lanes') ?? []).at(-1);
  return lane ? t('wie die Bahn: {lane}', { lane: lane.name || lane.id }) : t('niemand');
}

export function operatorTask(element, services) {
  const bo = businessObject(element);
  const type = () => extension(bo, 'zeebe:TaskDefinition')?.get('type') ?? '';
  const operator = page.choices.operators.find((each) => each.key === type());
  return [group('operator', t('Was geschieht hier?'), [
    choice('operator', t('Baustein'), page.choices.operators, type, (value) => useOperator(services, element, value)),
    ...(operator?.parameters ?? []).map((each) => parameter(element, services, each)),
  ])];
}

/** Another operator: inputs it does not know go, those it needs are asked for by empty fields. */
export function useOperator(services, element, name) {
  const bo = businessObject(element);
  const made = new Change(services, element);
  const wanted = page.choices.operators.find((each) => each.key === name);
  const names = new Set(wanted?.parameters.map((each) => each.key));
  const kept = mapping(bo, 'input').filter((each) => names.has(each.target.split('.')[0])).map((each) => [each.source, each.target]);
  made.set(bo, 'zeebe:TaskDefinition', { type: name }).mapping(bo, 'input', kept);
  if (wanted && !bo.name) made.update(bo, { name: wanted.name });
  made.commit();
}

function parameter(element, services, { key, name, required, choices }) {
  const bo = businessObject(element);
  const get = () => mapping(bo, 'input').find((each) => each.target === key)?.source ?? '';
  const set = (value) => {
    const pairs = mapping(bo, 'input').map((each) => [each.source, each.target]);
    const there = pairs.find(([, target]) => target === key);
    if (there) there[0] = value ?? '';
    else pairs.push([value, key]);
    new Change(services, element).mapping(bo, 'input', pairs.filter(([source]) => source)).commit();
  };
  const label = required ? name : t('{label} (freiwillig)', { label: name });
  return textOrFormula(`parameter-${key}`, label, get, set, { choices });
}

export function businessRule(element, services) {
  const bo = businessObject(element);
  const get = (name) => () => extension(bo, 'zeebe:CalledDecision')?.get(name) ?? '';
  const set = (name) => (value) => new Change(services, element).set(bo, 'zeebe:CalledDecision', { [name]: value }).commit();
  return [group('decision', t('Entscheidung'), [
    choice('decision', t('Entscheidungstabelle'), page.choices.decisions, get('decisionId'), set('decisionId')),
    line('resultVariable', t('Ergebnis merken als'), get('resultVariable'), set('resultVariable')),
  ])];
}

export function script(element, services) {
  const bo = businessObject(element);
  const get = (name) => () => extension(bo, 'zeebe:Script')?.get(name) ?? '';
  const set = (name) => (value) => new Change(services, element).set(bo, 'zeebe:Script', { [name]: value }).commit();
  return [group('script', t('Berechnung'), [
    formula('script', t('Formel'), get('expression'), set('expression')),
    line('scriptResult', t('Ergebnis merken als'), get('resultVariable'), set('resultVariable')),
  ])];
}

export function callActivity(element, services) {
  const bo = businessObject(element);
  const get = (name) => extension(bo, 'zeebe:CalledElement')?.get(name);
  const set = (name) => (value) => new Change(services, element).set(bo, 'zeebe:CalledElement', { [name]: value }).commit();
  return [group('called', t('Aufgerufener Ablauf'), [
    choice('called', t('Ablauf'), page.choices.processes, () => get('processId') ?? '', set('processId')),
    tick('allResults', t('Alle Ergebnisse übernehmen'), () => get('propagateAllChildVariables') !== false, set('propagateAllChildVariables')),
  ])];
}
