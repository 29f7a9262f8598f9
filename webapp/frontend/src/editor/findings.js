// What the check says about the diagram: marks on the drawing, texts in the panel, a list with "show me" and "mend it".
import { page, send, t } from './page.js';

/** Where in the panel a finding belongs. */
const ENTRIES = {
  unknown_form: 'form', unknown_group: 'group', task_without_group: 'group', lane_without_group: 'id', task_without_name: 'name',
  unknown_decision: 'decision', without_decision: 'decision', without_operator: 'operator', unknown_operator: 'operator',
  gateway_without_default: 'defaultWay', flow_without_condition: 'condition', timer_without_time: 'timer-kind',
  message_without_name: 'messageName', message_without_key: 'correlationKey', without_code: 'code', id_too_long: 'id',
  four_eyes_of_nothing: 'fourEyes', priority_out_of_range: 'priority', loop_without_collection: 'inputCollection',
  condition_not_boolean: 'condition', unknown_text: 'parameter-text', script_without_feel: 'script',
};
const PLACES = {
  condition: 'condition', due_date: 'due', follow_up_date: 'followUp', priority: 'priority', assignee: 'assignee', candidate_groups: 'groupFormula',
  timer_date: 'timer', timer_duration: 'timer', timer_cycle: 'timer', correlation_key: 'correlationKey', script: 'script',
  collection: 'inputCollection', output_element: 'outputElement', completion_condition: 'completionCondition', only_for: 'onlyFor',
};

export class Findings {
  constructor(root, modeler, { saved, reopened }) {
    Object.assign(this, { root, modeler, saved, reopened });
    this.list = root.querySelector('[data-findings-list]');
    this.count = root.querySelector('[data-findings-count]');
    this.template = root.querySelector('[data-finding-template]');
    this.found = page.findings;
    root.querySelector('[data-findings]').addEventListener('click', (event) => this.clicked(event));
    root.querySelector('[data-findings]').addEventListener('submit', (event) => this.mended(event));
    modeler.on('selection.changed', () => this.tell());
    modeler.on('propertiesPanel.updated', () => queueMicrotask(() => this.tell()));
  }

  show(found) {
    this.found = found;
    const focused = document.activeElement?.closest?.('[data-finding]')?.dataset.finding;
    this.list.replaceChildren(...found.map((each) => this.item(each)));
    const few = { 0: t('Keine Befunde'), 1: t('Ein Befund') };
    this.count.textContent = few[found.length] ?? t('{count} Befunde', { count: found.length });
    this.root.querySelector('[data-findings]').classList.toggle('is-empty', found.length === 0);
    if (focused) (this.list.querySelector(`[data-finding="${CSS.escape(focused)}"] button`) ?? this.count).focus();
    this.mark();
    this.tell();
  }

  item(finding) {
    const node = this.template.content.firstElementChild.cloneNode(true);
    const key = `${finding.element}/${finding.code}`;
    node.dataset.finding = key;
    node.dataset.element = finding.element;
    node.classList.add(`is-${finding.severity}`);
    node.querySelector('[data-severity]').textContent = finding.severity === 'error' ? t('Fehler') : t('Hinweis');
    node.querySelector('[data-text]').textContent = finding.text;
    node.querySelector('[data-where]').textContent = this.nameOf(finding);
    const show = node.querySelector('[data-show]');
    node.dataset.url = finding.url;
    show.hidden = !finding.url && !this.modeler.get('elementRegistry').get(finding.element);
    const mend = node.querySelector('[data-mend]');
    mend.hidden = !finding.mend;
    for (const name of ['file', 'element', 'code']) mend.elements.namedItem(name).value = finding[name];
    return node;
  }

  nameOf(finding) {
    const element = this.modeler.get('elementRegistry').get(finding.element);
    const name = element?.businessObject.name;
    return name || finding.called;
  }

  mark() {
    const canvas = this.modeler.get('canvas');
    const registry = this.modeler.get('elementRegistry');
    for (const [id, marker] of this.marked ?? []) if (registry.get(id)) canvas.removeMarker(id, marker);
    this.marked = this.found.filter((each) => registry.get(each.element)).map((each) => [each.element, `has-${each.severity}`]);
    for (const [id, marker] of this.marked) canvas.addMarker(id, marker);
  }

  /** The findings of what is selected, at their fields. */
  tell() {
    const [selected] = this.modeler.get('selection').get();
    const errors = {};
    for (const each of this.found) {
      if (each.element !== selected?.id) continue;
      const own = each.target && (each.place === 'input' || each.code.endsWith('_parameter')) ? `parameter-${each.target}` : undefined;
      const entry = own ?? (each.code === 'not_feel' || each.code === 'not_a_time' ? PLACES[each.place] : undefined) ?? ENTRIES[each.code] ?? PLACES[each.place] ?? 'name';
      errors[entry] ??= each.text;
    }
    this.modeler.get('eventBus').fire('propertiesPanel.setErrors', { errors });
  }

  clicked(event) {
    const button = event.target.closest('[data-show]');
    if (!button) return;
    const { element, url } = button.closest('[data-element]').dataset;
    // What is not in this drawing has a page of its own.
    if (this.modeler.get('elementRegistry').get(element)) this.showElement(element);
    else this.saved().then(() => location.assign(url));
  }

  showElement(id) {
    const element = this.modeler.get('elementRegistry').get(id);
    if (!element) return;
    const canvas = this.modeler.get('canvas');
    const plane = canvas.findRoot(element);
    if (plane && plane !== canvas.getRootElement()) canvas.setRootElement(plane);
    const { width, height } = canvas.viewbox();
    const [x, y] = element.waypoints ? middle(element.waypoints) : [element.x + element.width / 2, element.y + element.height / 2];
    canvas.viewbox({ x: x - width / 2, y: y - height / 2, width, height });
    this.modeler.get('selection').select(element);
    canvas.addMarker(element, 'is-shown');
    setTimeout(() => { if (this.modeler.get('elementRegistry').get(id)) canvas.removeMarker(element, 'is-shown'); }, 2500);
  }

  async mended(event) {
    event.preventDefault();
    const form = event.target;
    const body = new FormData(form);
    await this.saved();
    const answer = await send(form.action, { body });
    if (!answer?.ok) {
      location.reload();
      return;
    }
    await this.reopened(await answer.json());
  }
}

function middle(waypoints) {
  const [first, last] = [waypoints[0], waypoints.at(-1)];
  return [(first.x + last.x) / 2, (first.y + last.y) / 2];
}
