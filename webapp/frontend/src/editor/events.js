// What events and flows read: times, messages, codes, conditions.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { Change, businessObject, definitionsOf, eventDefinition, extension } from './model.js';
import { choice, formula, group, line, textOrFormula, tick } from './entries.jsx';
import { moment } from './dates.js';
import { t } from './page.js';

const TIMES = ['timeDate', 'timeDuration', 'timeCycle'];

export function timer(element, services) {
  const bo = businessObject(element);
  const definition = eventDefinition(bo, 'Timer');
  if (!definition) return [];
  const kind = TIMES.find((each) => definition.get(each));
  const get = () => ({ kind: kind ?? 'timeDate', text: definition.get(kind ?? 'timeDate')?.body ?? '' });
  const set = (wanted) => {
    const made = new Change(services, element);
    const expression = wanted.text ? made.create('bpmn:FormalExpression', { body: wanted.text }, definition) : undefined;
    made.update(definition, { timeDate: undefined, timeDuration: undefined, timeCycle: undefined, [wanted.kind]: expression }).commit();
  };
  const kinds = is(element, 'bpmn:IntermediateCatchEvent') ? TIMES.slice(0, 2) : TIMES;
  return [group('timer', t('Wann?'), [...moment(element, 'timer', t('Zeitpunkt'), get, set, kinds, t('bitte wählen')), interrupting(element, services)])];
}

function interrupting(element, services) {
  if (!is(element, 'bpmn:BoundaryEvent') || eventDefinition(businessObject(element), 'Error')) return null;
  const set = (value) => services.modeling.updateProperties(element, { cancelActivity: value });
  return tick('interrupting', t('Bricht den Schritt ab'), () => businessObject(element).cancelActivity, set);
}

export function message(element, services) {
  const bo = businessObject(element);
  const holder = eventDefinition(bo, 'Message') ?? (isAny(element, ['bpmn:ReceiveTask', 'bpmn:SendTask']) ? bo : null);
  if (!holder || extension(bo, 'zeebe:TaskDefinition')) return [];
  const current = () => holder.get('messageRef');
  const set = (change) => {
    const made = new Change(services, element);
    const definitions = definitionsOf(bo);
    let root = current();
    if (!root) {
      root = made.create('bpmn:Message', { id: services.bpmnFactory._model.ids.nextPrefixed('Message_', bo) }, definitions);
      made.update(definitions, { rootElements: [...definitions.get('rootElements'), root] }).update(holder, { messageRef: root });
    }
    change(made, root);
    made.commit();
  };
  const key = () => (current() ? extension(current(), 'zeebe:Subscription')?.get('correlationKey') ?? '' : '');
  const others = definitionsOf(bo).get('rootElements').filter((each) => is(each, 'bpmn:Message'));
  const pick = (id) => {
    const root = others.find((each) => each.id === id);
    new Change(services, element).update(holder, { messageRef: root }).commit();
  };
  const listed = others.map((each) => ({ key: each.id, name: each.name || each.id }));
  return [group('message', t('Nachricht'), [
    choice('messageRef', t('Nachricht'), listed, () => current()?.id ?? '', pick, { none: t('neue Nachricht') }),
    line('messageName', t('Name der Nachricht'), () => current()?.name ?? '', (value) => set((made, root) => made.update(root, { name: value }))),
    !is(element, 'bpmn:StartEvent') && formula('correlationKey', t('Für welchen Vorgang? (Schlüssel)'), key, (value) => set((made, root) => made.set(root, 'zeebe:Subscription', { correlationKey: value }))),
    interrupting(element, services),
  ])];
}

const CODED = {
  Error: { type: 'bpmn:Error', attribute: 'errorCode', reference: 'errorRef', label: t('Fehler') },
  Escalation: { type: 'bpmn:Escalation', attribute: 'escalationCode', reference: 'escalationRef', label: t('Eskalation') },
};

export function coded(element, services) {
  const bo = businessObject(element);
  return Object.entries(CODED).flatMap(([kind, { type, attribute, reference, label }]) => {
    const definition = eventDefinition(bo, kind);
    if (!definition) return [];
    const set = (value) => {
      const made = new Change(services, element);
      const definitions = definitionsOf(bo);
      const roots = definitions.get('rootElements');
      let root = roots.find((each) => each.$type === type && each.get(attribute) === value);
      if (value && !root) {
        root = made.create(type, { id: services.bpmnFactory._model.ids.nextPrefixed(`${kind}_`, bo), name: value, [attribute]: value }, definitions);
        made.update(definitions, { rootElements: [...roots, root] });
      }
      made.update(definition, { [reference]: root }).commit();
    };
    const description = is(element, 'bpmn:BoundaryEvent') ? t('Leer: jeder.') : undefined;
    return [group(`code-${kind}`, label, [
      line('code', t('Code'), () => definition.get(reference)?.get(attribute) ?? '', set, { description }),
      interrupting(element, services),
    ])];
  });
}

const DECIDING = ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'];

export function flow(element, services) {
  const bo = businessObject(element);
  const source = bo.sourceRef;
  if (!source || !DECIDING.includes(source.$type)) return [];
  const isDefault = source.default === bo;
  const setDefault = (value) => services.modeling.updateProperties(element.source, { default: value ? bo : undefined });
  const set = (body) => {
    const made = new Change(services, element);
    made.update(bo, { conditionExpression: body ? made.create('bpmn:FormalExpression', { body }, bo) : undefined }).commit();
  };
  return [group('condition', t('Wann wird dieser Weg genommen?'), [
    tick('default', t('Wenn nichts anderes zutrifft (Standardweg)'), () => isDefault, setDefault),
    !isDefault && formula('condition', t('Bedingung'), () => bo.get('conditionExpression')?.body ?? '', set, { description: t('Zum Beispiel: answer = "yes" and amount > 2500') }),
  ])];
}

/** The ways out of a gateway, conditions and default at one place. */
export function gateway(element, services) {
  const ways = element.outgoing ?? [];
  if (!DECIDING.includes(element.type) || ways.length < 2) return [];
  const bo = businessObject(element);
  const listed = ways.map((each) => ({ key: each.id, name: wayWords(businessObject(each)) }));
  const setDefault = (id) => services.modeling.updateProperties(element, { default: ways.find((each) => each.id === id)?.businessObject });
  return [group('ways', t('Wohin geht es weiter?'), [
    choice('defaultWay', t('Wenn nichts anderes zutrifft'), listed, () => bo.default?.id ?? '', setDefault, { none: t('bitte wählen') }),
    ...ways.filter((each) => businessObject(each) !== bo.default).map((each) => condition(each, element, services)),
  ])];
}

function condition(way, element, services) {
  const bo = businessObject(way);
  const set = (body) => {
    const made = new Change(services, way);
    made.update(bo, { conditionExpression: body ? made.create('bpmn:FormalExpression', { body }, bo) : undefined }).commit();
  };
  return formula(`way-${way.id}`, wayWords(bo), () => bo.get('conditionExpression')?.body ?? '', set);
}

const wayWords = (bo) => t('Weg zu „{target}“', { target: bo.name || bo.targetRef?.name || bo.targetRef?.id || '' });

export function loop(element, services) {
  const bo = businessObject(element);
  const characteristics = bo.get('loopCharacteristics');
  if (!characteristics || !is(characteristics, 'bpmn:MultiInstanceLoopCharacteristics')) return [];
  const get = (name) => () => extension(characteristics, 'zeebe:LoopCharacteristics')?.get(name) ?? '';
  const set = (name) => (value) => new Change(services, element).set(characteristics, 'zeebe:LoopCharacteristics', { [name]: value }).commit();
  const setCondition = (body) => {
    const made = new Change(services, element);
    made.update(characteristics, { completionCondition: body ? made.create('bpmn:FormalExpression', { body }, characteristics) : undefined }).commit();
  };
  return [group('loop', t('Mehrfach: einmal je Eintrag'), [
    formula('inputCollection', t('Liste'), get('inputCollection'), set('inputCollection')),
    line('inputElement', t('Ein Eintrag heißt'), get('inputElement'), set('inputElement')),
    line('outputCollection', t('Ergebnisse sammeln in'), get('outputCollection'), set('outputCollection')),
    formula('outputElement', t('Ergebnis je Eintrag'), get('outputElement'), set('outputElement')),
    formula('completionCondition', t('Vorzeitig fertig, wenn'), () => characteristics.get('completionCondition')?.body ?? '', setCondition),
    tick('sequential', t('Einer nach dem anderen'), () => Boolean(characteristics.isSequential), (value) => new Change(services, element).update(characteristics, { isSequential: value }).commit()),
  ])];
}
