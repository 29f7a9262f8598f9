"""Whoever uses no mouse: Tab reaches every action of every page, and shows where it is."""

from typing import Any

import pytest
from playwright.sync_api import Page
from werkzeug.routing import Rule

from tests.e2e.looking import Eyes, Look
from tests.e2e.walk import RULES, Demo

MOST_STOPS = 1_500
GRID = "/workshop/drafts/<int:draft_id>/tables/<decision>/grid"
"""A drawing tool of its own; the same table is changed cell by cell, by keyboard, on the page before."""

# What can be acted on, without what is folded away; of radio buttons of one name the keyboard stops at one.
ACTIONS = """() => {
    const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
    const seen = new Set();
    const found = [];
    for (const each of document.querySelectorAll(kinds)) {
        if (each.matches(':disabled') || each.tabIndex < 0) continue;
        if (!each.checkVisibility({ visibilityProperty: true })) continue;
        if (each.type === 'radio' && seen.has(each.name)) continue;
        seen.add(each.type === 'radio' ? each.name : each);
        found.push(each);
    }
    window.reached = new Set();
    window.actions = found;
    return found.length;
}"""
STOPPED_AT = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const stays = at === window.last;  // the parts of a date are stops of their own
    const again = window.reached.has(at) && !stays;
    window.reached.add(at);
    window.last = at;
    const shows = (element) => {
        const style = getComputedStyle(element);
        return (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none';
    };
    const around = [at, at.parentElement, ...(at.labels || [])];
    // The browser itself marks the part of a date; a drawing is no action, the same stands as text beside it; a page in
    // a frame marks its own places.
    const marked = ['date', 'time', 'datetime-local'].includes(at.type) || at instanceof SVGElement
        || at instanceof HTMLIFrameElement;
    return { again, seen: marked || around.some(shows), html: at.outerHTML.slice(0, 120) };
}"""
NOT_REACHED = """() => window.actions.filter((each) => !window.reached.has(each) && !(each.type === 'radio'
    && [...window.reached].some((other) => other.name === each.name))).map((each) => each.outerHTML.slice(0, 120))"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.rule != GRID], ids=str)
def test_tab_reaches_every_action_and_shows_where_it_is(demo: Demo, eyes: Eyes, rule: Rule) -> None:
    with eyes.at(Look(demo.places(rule)[0], "de", 1280)) as (page, _status, is_page):
        if not is_page:
            return  # a file: no actions
        count = page.evaluate(ACTIONS)
        assert count > 0
        hidden = [stop["html"] for stop in _walk(page) if not stop["seen"]]
        assert (page.evaluate(NOT_REACHED), hidden) == ([], [])


def _walk(page: Page) -> list[dict[str, Any]]:
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOPPED_AT)
        if stop is None or stop["again"]:
            break
        stops.append(stop)
    return stops
