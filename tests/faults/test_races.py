"""Many at the same moment: one wins, the others are told who and when, nothing is lost and nothing done twice."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import func, select

from tests.actions.conftest import ENQUIRY
from tests.faults.story import ACCEPT, REPORT, TRIAGE, Story
from workflows.actions import appointments, assigning, confirming, correspondence, enquiries, inbox, referrals
from workflows.core.audit.log import AuditEntry
from workflows.core.errors import Conflict
from workflows.domain.cases import Case, CaseNote
from workflows.domain.referrals import Referral
from workflows.engine.events import Event
from workflows.engine.messages import Message
from workflows.engine.state import Instance
from workflows.engine.tasks import Task

Tell = Callable[[str], Story]
Result = TypeVar("Result")

CROWD = 16
ROUNDS = 4


def at_once(acts: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run all acts in threads that begin at the same moment; gives what they returned, in their order."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(run, acts))


def test_of_sixteen_completing_one_task_one_wins_and_the_others_learn_who(tell: Tell) -> None:
    story = tell("arrived")

    def complete(task_id: int, number: int) -> int | Conflict:
        who = ("coordinator", "deputy")[number % 2]
        try:
            with story.at(who) as tx:
                inbox.complete(tx, task_id, {**TRIAGE, "summary": f"Meinung {number}"})
        except Conflict as conflict:
            return conflict
        return number

    for _ in range(ROUNDS):
        story.submit()
        with story.at() as tx:
            newest = select(Task.id).where(Task.element_id == "triage").order_by(Task.id.desc()).limit(1)
            task_id = tx.session.scalars(newest).one()
        results = at_once([partial(complete, task_id, number) for number in range(CROWD)])
        (winner,) = [each for each in results if not isinstance(each, Conflict)]
        losers = [each for each in results if isinstance(each, Conflict)]
        with story.at() as tx:
            task = tx.session.get_one(Task, task_id)
            assert task.values is not None
            assert task.values["summary"] == f"Meinung {winner}"
            assert {(each.code, each.facts["by"], each.facts["at"]) for each in losers} == {
                ("task_done", ("coordinator", "deputy")[winner % 2], task.done_at)
            }
            follows = tx.session.scalars(
                select(Task.element_id).where(Task.instance_id == task.instance_id, Task.status == "open")
            )
            assert list(follows) == ["choose_offices"]
    assert story.findings() == []


def test_of_sixteen_answering_one_referral_by_link_and_account_one_answer_counts(tell: Tell) -> None:
    story = tell("invited")
    token = story.office_token()
    with story.at("public") as tx:
        (asked,) = referrals.page(tx, token).tasks
    decline = {"answer": "decline", "decline_reason": "no_capacity", "decline_text": ""}

    def by_link() -> str:
        with story.at("public") as tx:
            return f"link {referrals.answer(tx, token, asked.task.id, ACCEPT).status}"

    def by_account() -> str:
        with story.at("office") as tx:
            return f"account {inbox.complete(tx, asked.task.id, decline).status}"

    def told(act: Callable[[], str]) -> str:
        try:
            return act()
        except Conflict as conflict:
            return f"{conflict.code} by {conflict.facts['by']}"

    results = Counter(at_once([partial(told, by_link), partial(told, by_account)] * (CROWD // 2)))
    with story.at() as tx:
        task = tx.session.get_one(Task, asked.task.id)
        events = Counter(tx.session.scalars(select(AuditEntry.event).where(AuditEntry.object == f"task:{task.id}")))
        status = tx.session.scalars(select(Referral.status).where(Referral.id == 1)).one()
    assert events == {"task.completed": 1}
    if task.done_by == "office":
        # An account that is too late is told; only the same hand may send its answer twice.
        assert results == {"account completed": 1, "task_done by office": CROWD - 1}
        assert status == "closed"
    else:
        assert results == {"link done": CROWD // 2, f"task_done by {task.done_by}": CROWD // 2}
        assert status == "accepted"
    assert story.findings() == []


def test_three_referrals_ending_at_once_are_all_counted_by_their_enquiry(tell: Tell) -> None:
    story = tell("arrived")
    names = ("culture_office", "sport_funding", "volunteer_centre")
    story.refer(*names)
    story.catch_up()
    for token in [story.office_token(name) for name in names]:
        for values in (ACCEPT, REPORT):
            with story.at("public") as tx:
                (asked,) = referrals.page(tx, token).tasks
            with story.at("public") as tx:
                referrals.answer(tx, token, asked.task.id, values)
    status = story.status_token()
    for number in (1, 2, 3):
        with story.at("public") as tx:
            confirming.confirm(tx, status, "yes", number)
    while not story.is_quiet():
        at_once([story.catch_up] * 3)
    with story.at() as tx:
        assert tx.session.scalars(select(Case.status)).all() == ["closed"]
        assert tx.session.scalars(select(Instance.status)).all() == ["completed"] * 4
        heard = select(func.count()).where(Event.kind == "message.received", Event.element_id == "await_offices")
        assert tx.session.scalar(heard) == 3
        told = Counter(tx.session.scalars(select(AuditEntry.event)))
    assert (told["referral.closed"], told["case.closed"]) == (3, 1)
    assert story.findings() == []


def test_one_form_sent_many_times_at_once_is_one_case(tell: Tell) -> None:
    story = tell("arrived")

    def send() -> tuple[str, int]:
        with story.at("public") as tx:
            case, link = enquiries.submit(tx, ENQUIRY, "de", "the same form")
            return case.reference, link.id

    assert len(set(at_once([send] * CROWD))) == 1
    with story.at() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Case)) == 2
        assert tx.session.scalar(select(func.count()).select_from(Instance)) == 2
    assert story.findings() == []


def test_eight_writers_beside_each_other_never_meet_a_locked_database(tell: Tell) -> None:
    story = tell("arrived")
    each = 5

    def work() -> list[str]:
        references = []
        for _ in range(each):
            with story.at("public") as tx:
                case, _link = enquiries.submit(tx, ENQUIRY, "de")
                subject, reference = case.stream, case.reference
            with story.at("deputy") as tx:
                task_id = tx.session.scalars(select(Task.id).where(Task.subject == subject)).one()
                assigning.claim(tx, task_id)
            with story.at("deputy") as tx:
                inbox.save_draft(tx, task_id, {"summary": "Entwurf"})
            with story.at("deputy") as tx:
                inbox.complete(tx, task_id, TRIAGE)
            references.append(reference)
        return references

    done: list[Any] = sum(at_once([work] * 8), [])
    assert len(set(done)) == 8 * each
    assert story.findings() == []


def test_of_sixteen_clicks_on_one_message_one_note_is_kept(tell: Tell) -> None:
    story = tell("arrived")
    token = story.status_token()

    def write(number: int) -> None:
        with story.at("public") as tx:
            correspondence.write(tx, token, {"message": "Einmal genügt.", "message_files": []}, f"key {number}")

    for number in range(ROUNDS):
        at_once([partial(write, number)] * CROWD)
        with story.at() as tx:
            assert tx.session.scalar(select(func.count()).select_from(CaseNote)) == number + 1
    assert story.findings() == []


def test_of_sixteen_answers_to_one_appointment_one_counts_and_the_others_hear_it(tell: Tell) -> None:
    story = tell("invited")
    proposal = {**ACCEPT, "appointment_at": "2099-03-09T17:30", "appointment_place": "Raum 2"}
    story.complete("office", "answer_referral", proposal)
    story.catch_up()
    token = story.status_token()

    def answer(suits: str) -> str:
        try:
            with story.at("public") as tx:
                appointments.answer(tx, token, 1, suits)
        except Conflict as conflict:
            return conflict.code
        return suits

    results = Counter(at_once([partial(answer, "yes"), partial(answer, "no")] * (CROWD // 2)))
    with story.at() as tx:
        sent = tx.session.scalars(select(Message).where(Message.name == appointments.ANSWERED)).one()
        answered = select(func.count()).where(AuditEntry.event == "appointment.answered")
        assert tx.session.scalar(answered) == 1
    assert results == {sent.variables["suits"]: CROWD // 2, "not_asked": CROWD // 2}
    assert story.findings() == []
