// The library speaks DMN 1.3; what a decision holds is written the same way in 1.5, which our files use.
const SPOKEN = '20191111';
const between = (xml, from, to) => xml.replaceAll(`/spec/DMN/${from}/MODEL/`, `/spec/DMN/${to}/MODEL/`).replaceAll(`/spec/DMN/${from}/DMNDI/`, `/spec/DMN/${to}/DMNDI/`);

/** The version a file is written in. */
export function written(xml) {
  return xml.match(/https:\/\/www\.omg\.org\/spec\/DMN\/(\d{8})\/MODEL\//)?.[1] ?? SPOKEN;
}

export function spoken(xml) {
  return between(xml, written(xml), SPOKEN);
}

/** What the library wrote, in the version it came in. */
export function back(xml, version) {
  return between(xml, SPOKEN, version);
}
