// Only what the engine runs can be drawn: palette, context pad and "change element" without the rest of BPMN.
import PaletteProvider from 'bpmn-js/lib/features/palette/PaletteProvider';
import ReplaceMenuProvider from 'bpmn-js/lib/features/popup-menu/ReplaceMenuProvider';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { t } from './page.js';

const PALETTE = [
  'hand-tool', 'lasso-tool', 'space-tool', 'global-connect-tool', 'tool-separator',
  'create.start-event', 'create.end-event', 'create.exclusive-gateway', 'create.subprocess-expanded', 'create.participant-expanded',
];

class DialectPalette extends PaletteProvider {
  getPaletteEntries() {
    const offered = super.getPaletteEntries();
    const entries = Object.fromEntries(PALETTE.map((key) => [key, offered[key]]));
    const task = (event) => this._create.start(event, this._elementFactory.createShape({ type: 'bpmn:UserTask' }));
    entries['create.user-task'] = {
      group: 'activity', className: 'bpmn-icon-user-task', title: t('Aufgabe für Menschen einfügen'), action: { click: task, dragstart: task },
    };
    return entries;
  }
}

const TYPES = new Set([
  'UserTask', 'ManualTask', 'ServiceTask', 'ScriptTask', 'BusinessRuleTask', 'SendTask', 'ReceiveTask', 'CallActivity', 'SubProcess',
  'ExclusiveGateway', 'ParallelGateway', 'InclusiveGateway', 'EventBasedGateway',
  'StartEvent', 'EndEvent', 'IntermediateCatchEvent', 'IntermediateThrowEvent', 'BoundaryEvent',
  'Participant', 'DataObjectReference', 'DataStoreReference',
].map((name) => `bpmn:${name}`));

/** Per event the triggers that are run; `undefined` is an event without one. */
const TRIGGERS = {
  'bpmn:StartEvent': [undefined, 'Message', 'Timer'],
  'bpmn:EndEvent': [undefined, 'Message', 'Error', 'Escalation', 'Terminate'],
  'bpmn:IntermediateCatchEvent': ['Message', 'Timer'],
  'bpmn:IntermediateThrowEvent': [undefined, 'Message', 'Escalation'],
  'bpmn:BoundaryEvent': ['Message', 'Timer', 'Error', 'Escalation'],
};

export function isSupported({ type, eventDefinitionType, triggeredByEvent, instantiate }) {
  if (!TYPES.has(type) || triggeredByEvent || instantiate) return false;
  const trigger = eventDefinitionType?.replace(/^bpmn:|EventDefinition$/g, '');
  return !TRIGGERS[type] || TRIGGERS[type].includes(trigger);
}

const HEADERS = ['toggle-parallel-mi', 'toggle-sequential-mi', 'toggle-non-interrupting'];

class DialectReplaceMenu extends ReplaceMenuProvider {
  _createEntries(target, options) {
    return super._createEntries(target, options.filter((each) => isSupported(each.target)));
  }

  _createSequenceFlowEntries(target, options) {
    return super._createSequenceFlowEntries(target, options.filter((each) => each.actionName !== 'replace-with-conditional-flow'));
  }

  getPopupMenuHeaderEntries(target) {
    const offered = super.getPopupMenuHeaderEntries(target);
    return Object.fromEntries(Object.entries(offered).filter(([key]) => HEADERS.includes(key)));
  }
}

/** Not in the dialect, or a task without a kind. */
const NOT_APPENDED = ['append.condition-intermediate-event', 'append.signal-intermediate-event', 'append.compensation-activity'];

class DialectPad {
  static $inject = ['contextPad', 'elementFactory', 'create', 'autoPlace'];

  constructor(contextPad, elementFactory, create, autoPlace) {
    Object.assign(this, { elementFactory, create, autoPlace });
    contextPad.registerProvider(500, this);
  }

  getContextPadEntries(element) {
    return (entries) => {
      for (const key of NOT_APPENDED) delete entries[key];
      if (entries['append.append-task']) {
        const shape = () => this.elementFactory.createShape({ type: 'bpmn:UserTask' });
        entries['append.append-task'] = {
          group: 'model', className: 'bpmn-icon-user-task', title: t('Aufgabe für Menschen anhängen'),
          action: {
            click: () => this.autoPlace.append(element, shape()),
            dragstart: (event) => this.create.start(event, shape(), { source: element }),
          },
        };
      }
      if (is(element, 'bpmn:Participant') || is(element, 'bpmn:Process')) delete entries['append.text-annotation'];
      return entries;
    };
  }
}

DialectPalette.$inject = PaletteProvider.$inject;
DialectReplaceMenu.$inject = ReplaceMenuProvider.$inject;

export const dialect = {
  __init__: ['dialectPad'],
  paletteProvider: ['type', DialectPalette],
  replaceMenuProvider: ['type', DialectReplaceMenu],
  dialectPad: ['type', DialectPad],
};
