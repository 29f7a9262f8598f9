"""The code lists of the house: words in every language, order, retiring; nothing is ever deleted."""

import pytest
from sqlalchemy import select

from tests.conftest import Begin
from tests.webapp.conftest import Browser
from webapp.wording.code_uses import CODE_USES
from webapp.wording.list_names import LIST_NAMES
from workflows.core.audit.log import AuditEntry
from workflows.core.errors import NotFound
from workflows.domain import codes
from workflows.domain.relied_on import RELIED_ON

LIST = "/workshop/codes/decline_reason"


def keys(begin: Begin, *, every: bool = True) -> list[str]:
    with begin() as tx:
        if every:
            return [entry.key for entry in codes.entries(tx.session, "decline_reason")]
        return [option.key for option in codes.options(tx.session, "decline_reason", "de")]


def test_every_list_is_shown_with_its_missing_words(owner: Browser, begin: Begin) -> None:
    assert ">Grund einer Absage<" in owner.get("/workshop/codes").text
    with begin() as tx:
        entry = codes.entries(tx.session, "decline_reason")[0]
        entry.translations = {**entry.translations, "tr": ""}
    assert "Es fehlt:" in owner.get("/workshop/codes").text
    assert "Türkçe" in owner.get(LIST).text


def test_every_list_of_the_house_has_a_name_for_people(owner: Browser, begin: Begin) -> None:
    with begin() as tx:
        assert codes.lists(tx.session).keys() == LIST_NAMES.keys()


def test_an_entry_is_added_named_in_every_language_and_found_in_forms(owner: Browser, begin: Begin) -> None:
    answer = owner.post(LIST, {"label": "Zu große Gruppe"})
    assert answer.location == f"{LIST}/zu_grosse_gruppe"
    typed = {"label": "Gruppe zu groß", "en": "Group too large", "ar": "المجموعة كبيرة", "tr": ""}
    assert owner.post(answer.location, typed).status_code == 302
    with begin() as tx:
        entry = codes.entries(tx.session, "decline_reason")[-1]
        assert (entry.key, entry.words("de"), entry.words("ar")) == (
            "zu_grosse_gruppe",
            "Gruppe zu groß",
            "المجموعة كبيرة",
        )
        assert "tr" not in entry.translations
        codes.label(tx.session, "decline_reason", "zu_grosse_gruppe", "en")
    assert keys(begin, every=False)[-1] == "zu_grosse_gruppe"
    assert owner.post(LIST, {"label": " "}).status_code == 422


def test_entries_are_put_in_order(owner: Browser, begin: Begin) -> None:
    before = keys(begin)
    owner.post(f"{LIST}/{before[1]}/arrange", {"do": "up"})
    assert keys(begin)[:2] == [before[1], before[0]]
    owner.post(f"{LIST}/{before[0]}/arrange", {"do": "up"})
    owner.post(f"{LIST}/{before[0]}/arrange", {"do": "up"})  # is first already
    assert keys(begin) == before


def test_a_retired_entry_is_no_choice_any_more_but_old_data_keeps_its_words(owner: Browser, begin: Begin) -> None:
    first = keys(begin)[0]
    owner.post(f"{LIST}/{first}/arrange", {"do": "retire"})
    assert first not in keys(begin, every=False)
    assert first in keys(begin)
    with begin() as tx:
        assert codes.label(tx.session, "decline_reason", first) != first
    assert "stillgelegt" in owner.get(LIST).text
    owner.post(f"{LIST}/{first}/arrange", {"do": "restore"})
    assert first in keys(begin, every=False)


def test_the_last_choice_stays(owner: Browser, begin: Begin) -> None:
    *others, last = keys(begin)
    for key in others:
        owner.post(f"{LIST}/{key}/arrange", {"do": "retire"})
    answer = owner.post(f"{LIST}/{last}/arrange", {"do": "retire"})
    assert answer.status_code == 409
    assert keys(begin, every=False) == [last]


def test_every_change_leaves_a_trace(owner: Browser, begin: Begin) -> None:
    first = keys(begin)[0]
    owner.post(LIST, {"label": "Neu"})
    owner.post(f"{LIST}/{first}", {"label": "Anders"})
    owner.post(f"{LIST}/{first}/arrange", {"do": "down"})
    owner.post(f"{LIST}/{first}/arrange", {"do": "retire"})
    owner.post(f"{LIST}/{first}/arrange", {"do": "restore"})
    with begin() as tx:
        told = tx.session.scalars(
            select(AuditEntry.event).where(AuditEntry.event.like("code.%")).order_by(AuditEntry.seq)
        )
        assert list(told) == ["code.added", "code.renamed", "code.moved", "code.retired", "code.restored"]


def test_an_unknown_list_is_not_found(owner: Browser, begin: Begin) -> None:
    for address in ("/workshop/codes/nowhere", f"{LIST}/nowhere"):
        assert owner.get(address).status_code == 404
    with pytest.raises(NotFound), begin() as tx:
        codes.entry(tx.session, "decline_reason", "nowhere")


def test_what_the_house_works_with_stays_a_choice_and_says_why(owner: Browser, begin: Begin) -> None:
    row = owner.get(LIST).text.partition('id="entry-other"')[2].partition("</li>")[0]
    assert "Bleibt immer wählbar: Wer das wählt, muss es mit eigenen Worten begründen." in row
    assert "Stilllegen" not in row
    answer = owner.post(f"{LIST}/other/arrange", {"do": "retire"})
    assert answer.status_code == 409
    assert "„Anderer Grund“ lässt sich nicht stilllegen. Wer das wählt" in answer.text
    assert "other" in keys(begin, every=False)
    assert "Ändern Sie nur die Worte, nicht den Sinn." in owner.get(f"{LIST}/other").text
    assert owner.post(f"{LIST}/other", {"label": "Etwas anderes"}).status_code == 302
    assert "Mit diesem Eintrag arbeitet Lotse selbst" not in owner.get(f"{LIST}/no_capacity").text


def test_every_reason_has_words() -> None:
    assert {why for keys in RELIED_ON.values() for why in keys.values()} == CODE_USES.keys()
