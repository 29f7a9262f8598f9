// A field for a formula, or for a text that becomes one after "=": completion of what is known at this place.
import { useError } from '@bpmn-io/properties-panel';
import { useEffect, useRef, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { beginningWith, withoutWord, wordBefore } from '../js/lib/offers.js';
import { page, t } from './page.js';
import { knownAt } from './variables.js';

/** `mixed` fields hold a plain text unless it begins with "="; all others show their formula without it. */
export function Expression({ element, id, label, description, getValue, setValue, mixed = false, choices = [] }) {
  const stored = getValue(element) ?? '';
  const shown = mixed ? stored : stored.replace(/^\s*=/, '');
  const [typed, setTyped] = useState(shown);
  const [offers, setOffers] = useState([]);
  const [picked, setPicked] = useState(0);
  const field = useRef();
  const timer = useRef();
  const waiting = useRef(null);
  const error = useError(id);

  // Undo, or somebody else's state, shows here; what is being typed is never replaced.
  useEffect(() => { if (waiting.current === null) setTyped(shown); }, [shown, element]);
  // The step is left before the pause is over: what was typed belongs to the step it was typed at.
  useEffect(() => () => commit(), [element]);

  function commit() {
    clearTimeout(timer.current);
    const text = waiting.current;
    waiting.current = null;
    if (text !== null && text !== shown) setValue(mixed ? text : text && `=${text}`);
  }

  function type(text) {
    setTyped(text);
    waiting.current = text;
    clearTimeout(timer.current);
    timer.current = setTimeout(commit, 300);
  }

  async function suggest() {
    const { value, selectionStart } = field.current;
    const isFormula = !mixed || value.trimStart().startsWith('=');
    const before = value.slice(0, selectionStart);
    const start = isFormula ? wordBefore(before) : before;
    const names = isFormula ? [...(await knownAt(element)), ...page.functions] : choices;
    setOffers(start || !isFormula ? beginningWith(names, start) : []);
    setPicked(0);
  }

  function accept(offer) {
    const { value, selectionStart } = field.current;
    const isFormula = !mixed || value.trimStart().startsWith('=');
    const before = isFormula ? withoutWord(value.slice(0, selectionStart)) : '';
    const text = before + (offer.insert ?? offer.name) + (isFormula ? value.slice(selectionStart) : '');
    setOffers([]);
    type(text);
    field.current.focus();
  }

  function key(event) {
    if (!offers.length) {
      if (event.key === ' ' && event.ctrlKey) { event.preventDefault(); suggest(); }
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setPicked((picked + step + offers.length) % offers.length);
    else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) accept(offers[picked]);
    else if (event.key === 'Escape') setOffers([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const list = `${id}-offers`;
  return (
    <div class={`bio-properties-panel-entry${error ? ' has-error' : ''}`} data-entry-id={id}>
      <label class="bio-properties-panel-label" for={`bio-properties-panel-${id}`}>{label}</label>
      <div class="expression">
        {!mixed && <span class="expression__mark" aria-hidden="true">=</span>}
        <textarea
          ref={field} id={`bio-properties-panel-${id}`} name={id} rows="1" spellcheck={false} value={typed}
          class={`bio-properties-panel-input${mixed ? '' : ' bio-properties-panel-input-monospace'}`}
          aria-haspopup="listbox" aria-controls={offers.length ? list : undefined} aria-autocomplete="list"
          aria-activedescendant={offers.length ? `${list}-${picked}` : undefined}
          onInput={(event) => { type(event.target.value); suggest(); }} onKeyDown={key}
          onFocus={() => mixed && suggest()} onBlur={() => { commit(); setTimeout(() => setOffers([]), 150); }}
        />
        <span class="kern-sr-only" role="status">{offers.length ? t('{count} Vorschläge', { count: offers.length }) : ''}</span>
        <ul id={list} role="listbox" aria-label={t('Vorschläge')} class="expression__offers" hidden={!offers.length}>
          {offers.map((offer, index) => (
            <li
              key={offer.name} id={`${list}-${index}`} role="option" aria-selected={index === picked}
              onMouseDown={(event) => { event.preventDefault(); accept(offer); }}
            ><span>{offer.name}</span> {offer.from && <small>{offer.from}</small>}</li>
          ))}
        </ul>
      </div>
      {error && <div class="bio-properties-panel-error">{error}</div>}
      {description && <div class="bio-properties-panel-description">{description}</div>}
    </div>
  );
}
