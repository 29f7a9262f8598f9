// The office's building blocks: each operator of the house as a step that is ready to be filled in, and the reminder.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { getMid } from 'diagram-js/lib/layout/LayoutUtil';
import { page, t } from './page.js';

const MENU = 'lotse-blocks';
const REMINDER = 'reminder';

class Blocks {
  static $inject = ['palette', 'contextPad', 'popupMenu', 'create', 'autoPlace', 'elementFactory', 'bpmnFactory', 'modeling', 'canvas', 'commandStack', 'selection'];

  constructor(palette, contextPad, popupMenu, create, autoPlace, elementFactory, bpmnFactory, modeling, canvas, commandStack, selection) {
    Object.assign(this, { popupMenu, create, autoPlace, elementFactory, bpmnFactory, modeling, canvas, commandStack, selection });
    palette.registerProvider(900, this);
    contextPad.registerProvider(400, this);
    popupMenu.registerProvider(MENU, this);
    popupMenu._ensureVisible = inWindow;
    commandStack.registerHandler('lotse.reminder', reminderHandler(this));
  }

  getPaletteEntries() {
    const open = (event) => this.open(this.canvas.getRootElement(), event);
    const mail = (event) => this.create.start(event, this.shape(page.choices.operators.find((each) => each.key === 'mail.send')));
    return {
      'create.blocks': { group: 'blocks', className: 'block-icon block-icon--blocks', title: t('Baustein des Amtes einfügen: Mail, Verweisung, Brief, Eintrag …'), action: { click: open } },
      'create.mail': { group: 'blocks', className: 'bpmn-icon-send', title: t('Mail einfügen'), action: { click: mail, dragstart: mail } },
    };
  }

  getContextPadEntries(element) {
    return (entries) => {
      if (!entries['append.append-task'] && !entries['append.receive-task']) return entries;
      if (is(element, 'bpmn:EventBasedGateway')) return entries;
      entries['append.block'] = {
        group: 'model', className: 'block-icon block-icon--blocks', title: t('Baustein des Amtes anhängen'),
        action: { click: (event) => this.open(element, event) },
      };
      return entries;
    };
  }

  open(element, event) {
    const position = { x: event.clientX ?? event.x, y: event.clientY ?? event.y };
    this.popupMenu.open(element, MENU, { ...position, cursor: position }, { title: t('Baustein des Amtes'), search: true, width: 360 });
  }

  getPopupMenuEntries(element) {
    const entries = {};
    for (const block of page.blocks) {
      const group = { id: block.group, name: block.groupName };
      if (block.key === REMINDER && !is(element, 'bpmn:Activity')) continue;
      entries[`block-${block.id}`] = {
        label: block.name, description: block.description, group, search: `${block.key} ${block.groupName}`,
        className: block.key === REMINDER ? 'bpmn-icon-intermediate-event-catch-non-interrupting-timer' : block.key === 'mail.send' ? 'bpmn-icon-send' : 'bpmn-icon-service-task',
        action: {
          click: (event) => this.place(element, block, event),
          dragstart: block.key === REMINDER ? undefined : (event) => { this.popupMenu.close(); this.create.start(event, this.shape(block)); },
        },
      };
    }
    return entries;
  }

  place(element, block, event) {
    this.popupMenu.close();
    if (block.key === REMINDER) {
      const context = { element, block };
      this.commandStack.execute('lotse.reminder', context);
      this.selection.select(context.event);
    } else if (is(element, 'bpmn:FlowNode')) this.autoPlace.append(element, this.shape(block));
    else this.create.start(event, this.shape(block));
  }

  /** A service task that calls the operator, with its required parameters waiting to be filled in. */
  shape(block) {
    const inputs = Object.entries(block.inputs ?? {}).map(([target, source]) => this.bpmnFactory.create('zeebe:Input', { source, target }));
    const values = [this.bpmnFactory.create('zeebe:TaskDefinition', { type: block.key })];
    if (inputs.length) values.push(this.bpmnFactory.create('zeebe:IoMapping', { inputParameters: inputs }));
    const extensionElements = this.bpmnFactory.create('bpmn:ExtensionElements', { values });
    const businessObject = this.bpmnFactory.create('bpmn:ServiceTask', { name: block.name, extensionElements });
    for (const value of values) value.$parent = extensionElements;
    extensionElements.$parent = businessObject;
    return this.elementFactory.createShape({ type: 'bpmn:ServiceTask', businessObject });
  }
}

/** The drawing tool keeps its menus within the page, which is longer than the window. */
function inWindow(menu, { x, y }) {
  const { width, height } = menu.getBoundingClientRect();
  const within = (wanted, size, whole) => Math.max(4, Math.min(wanted, whole - size - 4));
  return { x: within(x, width, innerWidth), y: within(y, height, innerHeight) };
}

/** A timer at the edge of a step that leaves it open, a mail, an end: one step of undo. */
function reminderHandler(blocks) {
  return class ReminderHandler {
    preExecute(context) {
      const { element, block } = context;
      const { modeling, elementFactory, bpmnFactory } = blocks;
      const event = elementFactory.createShape({ type: 'bpmn:BoundaryEvent', eventDefinitionType: 'bpmn:TimerEventDefinition', cancelActivity: false });
      const attached = modeling.createShape(event, { x: element.x + element.width * 0.25, y: element.y + element.height }, element, { attach: true });
      const definition = attached.businessObject.eventDefinitions[0];
      const time = bpmnFactory.create('bpmn:FormalExpression', { body: '=working days(today(), 5)' });
      time.$parent = definition;
      modeling.updateProperties(attached, { name: t('nach 5 Arbeitstagen') });
      modeling.updateModdleProperties(attached, definition, { timeDate: time });
      const mid = getMid(attached);
      const mail = blocks.shape({ ...block, key: 'mail.send', name: t('Erinnern') });
      const placed = modeling.appendShape(attached, mail, { x: mid.x + 130, y: mid.y + 110 }, element.parent);
      modeling.appendShape(placed, elementFactory.createShape({ type: 'bpmn:EndEvent' }), { x: placed.x + placed.width + 80, y: placed.y + placed.height / 2 }, element.parent);
      context.event = attached;
    }

    execute() { return []; }

    revert() { return []; }
  };
}

export const houseBlocks = { __init__: ['lotseBlocks'], lotseBlocks: ['type', Blocks] };
