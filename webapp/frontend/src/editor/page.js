import { sent, token } from '../js/lib/session.js';

// What the server gave the page: texts in the reader's language, what may be chosen, where to send what.
export const page = JSON.parse(document.getElementById('editor-data').textContent);

/** A German text of ours in the reader's language, with `{facts}` filled in. */
export function t(german, facts = {}) {
  const text = page.words[german] ?? german;
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

/** bpmn-js' own English texts in the reader's language. */
export function translate(english, facts = {}) {
  const text = page.modeler[english] ?? english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

export const translation = { translate: ['value', translate] };

/** Sends something that changes data; the answer is the response itself, null when the server took nothing. */
export function send(url, { method = 'POST', body, headers = {} } = {}) {
  return sent(url, () => {
    if (body instanceof FormData) body.set('csrf_token', token());
    return { method, body, headers: { 'X-CSRFToken': token(), 'X-Fragment': '1', ...headers } };
  });
}
