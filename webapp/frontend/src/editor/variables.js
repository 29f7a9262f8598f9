// The variables known at an element, as the server finds them; kept until the diagram is saved again.
import { page } from './page.js';

let known = new Map();

export function forget() {
  known = new Map();
}

/** `[{name, from}]`; an empty list while the server cannot tell. */
export async function knownAt(element) {
  if (!known.has(element.id)) known.set(element.id, ask(element.id));
  return known.get(element.id);
}

async function ask(id) {
  try {
    const query = new URLSearchParams({ element: id });
    const answer = await fetch(`${page.urls.variables}?${query}`, { headers: { 'X-Fragment': '1' } });
    return answer.ok ? await answer.json() : [];
  } catch {
    return [];
  }
}
