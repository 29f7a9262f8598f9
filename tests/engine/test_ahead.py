"""What comes next after a task, as its page tells it."""

from tests.engine.drawing import Drawing, timer
from workflows.engine import ahead, dialect
from workflows.engine.ahead import Stop, Way

END = Stop("end", "Schritt end")


def _ways(drawing: Drawing) -> list[Way]:
    return ahead.ways(dialect.parse(drawing.xml()), "ask")


def test_a_way_leads_past_automatic_steps_out_of_its_part_to_where_it_rests() -> None:
    d = Drawing()
    with d.sub("work"):
        d.flow(d.start("begin"), d.user("ask"), d.service("note", "write"), d.end("done"))
    d.flow(d.start(), "work", d.user("next"), d.end())
    assert _ways(d) == [Way("", ("Schritt note",), (Stop("person", "Schritt next"),))]


def test_a_deadline_that_ends_the_task_leads_on() -> None:
    d = Drawing()
    d.flow(d.start(), d.user("ask"), d.end())
    d.flow(d.boundary("late", "ask", timer("duration", "P1D")), d.user("chase"), d.end("chased"))
    late = Way("Schritt late", (), (Stop("person", "Schritt chase"),), is_timeout=True)
    assert _ways(d) == [Way("", (), (END,)), late]


def test_a_reminder_ends_nothing_and_leaves_the_task_open() -> None:
    d = Drawing()
    with d.sub("work"):
        d.flow(d.start("begin"), d.user("ask"), d.end("done"))
        d.flow(
            d.boundary("half", "ask", timer("duration", "P1D"), interrupting=False),
            d.service("remind", "write"),
            d.end("reminded"),
        )
    d.flow(d.start(), "work", d.end())
    stays = Way("Schritt half", ("Schritt remind",), (Stop("stays", "Schritt ask"),), is_timeout=True)
    assert _ways(d) == [Way("", (), (END,)), stays]


def test_a_reminder_that_gives_up_ends_the_process() -> None:
    d = Drawing()
    d.flow(d.start(), d.user("ask"), d.end())
    d.flow(
        d.boundary("half", "ask", timer("duration", "P1D"), interrupting=False),
        d.end("given_up", "<bpmn:terminateEventDefinition/>"),
    )
    assert _ways(d)[1].stops == (Stop("end", "Schritt given_up"),)
