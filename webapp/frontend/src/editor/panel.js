// Our properties panel: for each kind of element only what the engine reads, in the office's words.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { area, choice, group, line } from './entries.jsx';
import { coded, flow, gateway, loop, message, timer } from './events.js';
import { mappings } from './mappings.js';
import { Change, businessObject, extension } from './model.js';
import { page, t, translate } from './page.js';
import { businessRule, callActivity, operatorTask, script, userTask } from './tasks.js';

const BY_TYPE = [
  [['bpmn:UserTask', 'bpmn:ManualTask'], userTask],
  [['bpmn:ServiceTask'], operatorTask],
  [['bpmn:BusinessRuleTask'], businessRule],
  [['bpmn:ScriptTask'], script],
  [['bpmn:CallActivity'], callActivity],
  [['bpmn:Event'], timer],
  [['bpmn:Event', 'bpmn:ReceiveTask', 'bpmn:SendTask'], message],
  [['bpmn:Event'], coded],
  [['bpmn:SequenceFlow'], flow],
  [['bpmn:Gateway'], gateway],
  [['bpmn:Activity'], loop],
];
const NAMED = ['bpmn:FlowNode', 'bpmn:SequenceFlow', 'bpmn:Lane', 'bpmn:Participant', 'bpmn:Process', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference'];
const SENDING = ['bpmn:SendTask', 'bpmn:IntermediateThrowEvent', 'bpmn:EndEvent'];

class Panel {
  static $inject = ['propertiesPanel', 'bpmnFactory', 'commandStack', 'modeling', 'elementRegistry'];

  constructor(propertiesPanel, bpmnFactory, commandStack, modeling, elementRegistry) {
    this.services = { bpmnFactory, commandStack, modeling, elementRegistry };
    propertiesPanel.registerProvider(this);
  }

  getGroups(element) {
    const made = [
      general(element, this.services),
      ...BY_TYPE.filter(([types]) => isAny(element, types)).flatMap(([, make]) => make(element, this.services)),
      ...(isAny(element, SENDING) && extension(businessObject(element), 'zeebe:TaskDefinition') ? operatorTask(element, this.services) : []),
      ...mappings(element, this.services),
      notes(element, this.services),
    ].filter(Boolean);
    return (groups) => [...groups, ...made.map((each) => ({
      ...each, translate, ...(each.entries && { entries: each.entries.map((entry) => ({ element, translate, ...entry })) }),
    }))];
  }
}

function general(element, services) {
  const bo = businessObject(element);
  if (is(element, 'bpmn:TextAnnotation')) {
    return group('general', t('Allgemein'), [area('text', t('Text'), () => bo.text ?? '', (value) => services.modeling.updateProperties(element, { text: value }))]);
  }
  const set = (name) => (value) => services.modeling.updateProperties(element, { [name]: value });
  const process = is(element, 'bpmn:Participant') ? bo.processRef : null;
  const lanes = page.choices.groups.map((each) => ({ key: each.key.replace('group:', ''), name: each.name }));
  return group('general', t('Allgemein'), [
    isAny(element, NAMED) && area('name', t('Name'), () => bo.name ?? '', set('name')),
    process && line('processName', t('Name des Ablaufs'), () => process.name ?? '', (value) => new Change(services, element).update(process, { name: value }).commit()),
    is(element, 'bpmn:Lane') && choice('laneGroup', t('Gruppe dieser Bahn'), lanes, () => bo.id, set('id'), { none: null }),
    line('id', t('Kennung'), () => bo.id, (value, problem) => { if (!problem) set('id')(value); }, { validate: (value) => idProblem(bo, value), description: is(element, 'bpmn:Lane') ? t('Die Kennung der Bahn ist der Schlüssel der Gruppe, zum Beispiel coordination.') : undefined }),
  ]);
}

function idProblem(bo, value) {
  if (!/^[A-Za-z_][\w.-]*$/.test(value ?? '')) return t('Nur Buchstaben, Ziffern, Punkt, Binde- und Unterstrich; am Anfang ein Buchstabe.');
  const assigned = bo.$model.ids.assigned(value);
  return assigned && assigned !== bo ? t('Diese Kennung gibt es schon.') : undefined;
}

function notes(element, services) {
  const bo = businessObject(element);
  if (!bo.$descriptor?.propertiesByName?.documentation) return null;
  const current = () => bo.get('documentation')[0]?.text ?? '';
  const set = (text) => {
    const made = new Change(services, element);
    made.update(bo, { documentation: text ? [made.create('bpmn:Documentation', { text }, bo)] : [] }).commit();
  };
  return group('notes', t('Anmerkung'), [area('documentation', t('Erklärung für alle, die hier weiterarbeiten'), current, set)], false);
}

export const ourPanel = { __init__: ['lotsePanel'], lotsePanel: ['type', Panel] };
