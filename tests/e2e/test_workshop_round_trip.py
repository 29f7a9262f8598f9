"""A diagram that was opened and saved, in our editor or in another tool, is still the same to the engine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import DESKTOP, PASSWORD, House, Visitor, sign_in
from tests.engine.every_element import every_element
from workflows.actions import workshop
from workflows.core.tx import Actor
from workflows.domain import people
from workflows.engine import bundle as bundles
from workflows.engine.dialect import KINDS, ParsedProcess, parse

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "webapp" / "frontend" / "node_modules"
KEYS = ("enquiry", "funding", "message", "referral")
MODULES = {
    "bpmn-moddle": "bpmn-moddle/dist/index.js",
    "moddle": "moddle/dist/index.js",
    "moddle-xml": "moddle-xml/dist/index.js",
    "saxen": "saxen/dist/index.js",
    "min-dash": "min-dash/dist/index.js",
}
ELSEWHERE = "http://tool.example/"
IMPORTS = ", ".join(f'"{name}": "/{path}"' for name, path in MODULES.items())
TOOL = f"""<!doctype html><script type="importmap">{{"imports": {{{IMPORTS}}}}}</script>"""
SAVE = """async (xml) => {
  const { BpmnModdle } = await import('bpmn-moddle');
  const moddle = new BpmnModdle();
  const { rootElement, warnings } = await moddle.fromXML(xml);
  const saved = await moddle.toXML(rootElement, { format: true });
  return { xml: saved.xml, warnings: warnings.map((each) => each.message) };
}"""


def house_diagram(key: str) -> bytes:
    return bundles.read(ROOT / "bpmn" / key).files[f"{key}.bpmn"]


def same(one: ParsedProcess, other: ParsedProcess) -> None:
    """Nothing the engine reads differs."""
    assert one.refusals == other.refusals
    assert dict(one.elements) == dict(other.elements)
    assert dict(one.flows) == dict(other.flows)
    assert dict(one.lanes) == dict(other.lanes)
    assert {key: (each.name, each.executable) for key, each in one.processes.items()} == {
        key: (each.name, each.executable) for key, each in other.processes.items()
    }


def test_the_sample_holds_every_element_of_the_dialect() -> None:
    parsed = parse(every_element())
    assert parsed.refusals == ()
    assert {each.kind for each in parsed.elements.values()} == KINDS
    triggers = {(each.kind, each.trigger.kind) for each in parsed.elements.values()}
    assert {("boundary_event", kind) for kind in ("timer", "message", "error", "escalation")} <= triggers
    assert {("end_event", kind) for kind in ("none", "message", "error", "escalation", "terminate")} <= triggers


@pytest.fixture
def tool(chromium: Browser) -> Iterator[Page]:
    """A page somewhere else with nothing but bpmn-moddle, as external tools have it."""
    page = chromium.new_page()
    page.route(f"{ELSEWHERE}**", _served)
    page.goto(ELSEWHERE)
    yield page
    page.close()


def _served(route: Route) -> None:
    path = route.request.url.removeprefix(ELSEWHERE)
    if path in MODULES.values():
        route.fulfill(body=(PACKAGES / path).read_text("utf-8"), content_type="text/javascript")
    else:
        route.fulfill(body=TOOL, content_type="text/html")


@pytest.mark.parametrize("key", [*KEYS, "every"])
def test_exported_opened_and_saved_by_another_tool_there_is_no_difference(tool: Page, key: str) -> None:
    xml = every_element() if key == "every" else house_diagram(key)
    saved: dict[str, Any] = tool.evaluate(SAVE, xml.decode())
    assert saved["warnings"] == []
    same(parse(saved["xml"].encode()), parse(xml))


@pytest.fixture
def owner(house: House) -> Actor:
    """A process owner with an account."""
    with house.begin() as tx:
        user = people.create(tx, "owner@lotse.example", "Owner", roles=["process_owner"], groups=[], password=PASSWORD)
        return people.actor(tx.session, user)


def edited(page: Page, house: House, draft_id: int, named: str) -> None:
    """Open the editor, change a name there and back again, so that the drawing tool's own file is saved."""
    page.goto(f"{house.address}/workshop/drafts/{draft_id}/diagram")
    page.wait_for_selector("[data-ready]")
    page.get_by_role("button", name="Suchen", exact=True).click()
    page.locator(".djs-search-input input").type(named)
    page.locator(".djs-search-result").first.wait_for()
    page.keyboard.press("Enter")
    field = page.locator("#bio-properties-panel-name")
    before = field.input_value()
    for text in ("Anders", before):
        with page.expect_response(lambda answer: "/files/" in answer.url and answer.request.method == "PUT"):
            field.fill(text)
        expect(page.locator("[data-saving]")).to_have_text("Alles gespeichert")


@pytest.mark.parametrize(
    ("key", "named"),
    [("message", "Neue Nachricht lesen"), ("referral", "Rückfrage beantworten"), ("every", "Schritt manual")],
)
def test_opened_and_saved_in_our_editor_there_is_no_difference(
    visitor: Visitor, house: House, owner: Actor, key: str, named: str
) -> None:
    path = "message.bpmn" if key == "every" else f"{key}.bpmn"
    with house.begin(owner) as tx:
        draft = workshop.begin(tx, path.removesuffix(".bpmn"))
        if key == "every":
            workshop.save(tx, draft.id, {path: every_element()})
        draft_id = draft.id
        before = parse(workshop.files(tx, draft_id)[path].data)
    page = visitor(DESKTOP)
    sign_in(page, house, "owner")
    edited(page, house, draft_id, named)
    with house.begin(owner) as tx:
        stored = workshop.files(tx, draft_id)[path].data
    same(parse(stored), before)
