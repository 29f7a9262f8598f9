// Reading and changing what the engine reads of an element: `zeebe:` extensions, each change one step of undo.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

export const businessObject = getBusinessObject;

/** The extension of that type, if any; `holder` is the element's business object or something inside it. */
export function extension(holder, type) {
  return (holder.get('extensionElements')?.get('values') ?? []).find((each) => each.$type === type);
}

export function zeebeProperty(holder, name) {
  return (extension(holder, 'zeebe:Properties')?.get('properties') ?? []).find((each) => each.name === name)?.value ?? '';
}

export function mapping(holder, direction) {
  return extension(holder, 'zeebe:IoMapping')?.get(`${direction}Parameters`) ?? [];
}

export function eventDefinition(holder, type) {
  return (holder.get('eventDefinitions') ?? []).find((each) => each.$type === `bpmn:${type}EventDefinition`);
}

/** The root element (message, error, escalation) a definition or task refers to lives in the definitions. */
export function definitionsOf(holder) {
  let found = holder;
  while (found.$parent) found = found.$parent;
  return found;
}

/** Collects changes of one element and makes them together. */
export class Change {
  constructor(services, element) {
    this.services = services;
    this.element = element;
    this.commands = [];
    this.made = new Map();
    this.lists = new Map();
  }

  create(type, properties, parent) {
    const made = this.services.bpmnFactory.create(type, properties);
    made.$parent = parent;
    return made;
  }

  update(moddleElement, properties) {
    const context = { element: this.element, moddleElement, properties };
    this.commands.push({ cmd: 'element.updateModdleProperties', context });
    return this;
  }

  /** The extension elements of `holder`, made if they are missing. */
  extensions(holder) {
    let found = holder.get('extensionElements') ?? this.made.get(holder);
    if (!found) {
      found = this.create('bpmn:ExtensionElements', { values: [] }, holder);
      this.made.set(holder, found);
      this.update(holder, { extensionElements: found });
    }
    return found;
  }

  put(holder, item) {
    const found = this.extensions(holder);
    item.$parent = found;
    return this.list(found, (values) => [...values.filter((each) => each.$type !== item.$type), item]);
  }

  /** Sets attributes of an extension; one without any left is taken away. */
  set(holder, type, properties) {
    const there = extension(holder, type);
    const merged = { ...attributes(there), ...properties };
    const left = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined && value !== ''));
    if (Object.keys(left).length === 0) return there ? this.drop(holder, there) : this;
    if (!there) return this.put(holder, this.create(type, left, undefined));
    return this.update(there, { ...Object.fromEntries(Object.keys(merged).map((key) => [key, undefined])), ...left });
  }

  drop(holder, item) {
    return this.list(holder.get('extensionElements'), (values) => values.filter((each) => each !== item));
  }

  /** Changes within one step build on each other. */
  list(found, change) {
    const values = change(this.lists.get(found) ?? found.get('values'));
    this.lists.set(found, values);
    return this.update(found, { values });
  }

  property(holder, name, value) {
    const there = extension(holder, 'zeebe:Properties');
    const rest = (there?.get('properties') ?? []).filter((each) => each.name !== name);
    if (there && !value && rest.length === 0) return this.drop(holder, there);
    if (!there && !value) return this;
    const target = there ?? this.create('zeebe:Properties', { properties: [] }, undefined);
    const listed = value ? [...rest, this.create('zeebe:Property', { name, value }, target)] : rest;
    if (there) return this.update(there, { properties: listed });
    target.properties = listed;
    return this.put(holder, target);
  }

  /** Replaces the list of inputs or outputs by `[source, target]` pairs, in order. */
  mapping(holder, direction, pairs) {
    const there = extension(holder, 'zeebe:IoMapping');
    const other = there?.get(direction === 'input' ? 'outputParameters' : 'inputParameters') ?? [];
    if (there && pairs.length === 0 && other.length === 0) return this.drop(holder, there);
    const target = there ?? this.create('zeebe:IoMapping', {}, undefined);
    const type = direction === 'input' ? 'zeebe:Input' : 'zeebe:Output';
    const listed = pairs.map(([source, name]) => this.create(type, { source, target: name }, target));
    if (there) return this.update(there, { [`${direction}Parameters`]: listed });
    target[`${direction}Parameters`] = listed;
    return this.put(holder, target);
  }

  commit() {
    if (this.commands.length) this.services.commandStack.execute('properties-panel.multi-command-executor', this.commands);
  }
}

function attributes(item) {
  if (!item) return {};
  const own = item.$descriptor.properties.filter((each) => each.isAttr).map((each) => each.name.split(':').pop());
  return Object.fromEntries(own.map((name) => [name, Object.hasOwn(item, name) ? item[name] : undefined]));
}
