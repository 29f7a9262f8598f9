"""Mails and letters as a process owner meets them: languages side by side, placeholders, how they will read."""

import re
from pathlib import Path

import pytest

from tests.webapp.conftest import Browser, begin_draft
from webapp.workshop import called
from workflows.engine import bundle as bundles

TEXT = "texts/receipt"


@pytest.fixture
def draft(owner: Browser) -> str:
    """The address of a new draft of the enquiry process."""
    return begin_draft(owner, "enquiry")


def content(owner: Browser, draft: str, language: str, name: str = "receipt") -> str | None:
    answer = owner.get(f"{draft}/files/texts/{name}.{language}.txt")
    return answer.data.decode() if answer.status_code == 200 else None


def revisions(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(revision\.\w+)" value="(\d*)"', page))


def test_every_text_is_listed_with_its_steps_and_missing_languages(owner: Browser, draft: str) -> None:
    def told(name: str) -> str:
        row = re.search(
            rf"<bdi>{name}</bdi>.*?data-label=\"Sprachen\">(.*?)</td>", owner.get(f"{draft}/texts").text, re.DOTALL
        )
        assert row is not None
        return " ".join(row[1].split())

    assert told("receipt") == "vollständig"
    assert told("triage_reminder") == "nur: Deutsch, English"  # read inside: seven languages are not missed
    owner.post(f"{draft}/texts/receipt?beside=tr", {"t.tr": ""})
    assert told("receipt") == "Es fehlt: Türkçe"


def test_a_text_is_changed_beside_its_german(owner: Browser, draft: str) -> None:
    address = f"{draft}/texts/receipt?beside=tr"
    page = owner.get(address).text
    assert 'lang="tr"' in page
    typed = {
        "t.de": "Betreff: Neu ({{case.reference}})\n\nHallo {{case.contact_name}}",
        "t.tr": "Betreff: Yeni\n\nMerhaba",
    }
    answer = owner.post(address, {**typed, **revisions(page)})
    assert answer.status_code == 302
    assert content(owner, draft, "de") == typed["t.de"] + "\n"
    assert content(owner, draft, "tr") == typed["t.tr"] + "\n"
    assert "Die beiden Texte nennen verschiedene Platzhalter" in owner.get(address).text
    late = owner.post(address, {**typed, "t.de": "Betreff: Später\n\nx", **revisions(page)})
    assert late.status_code == 409
    assert "Betreff: Später" in late.text


def test_a_missing_language_is_marked_added_and_taken_out(owner: Browser, draft: str) -> None:
    address = f"{draft}/texts/triage_reminder?beside=ar"
    page = owner.get(address).text
    assert "العربية – fehlt noch" in page
    owner.post(address, {"t.de": content(owner, draft, "de", "triage_reminder") or "", "t.ar": "Betreff: تذكير\n\nنص"})
    assert content(owner, draft, "ar", "triage_reminder") == "Betreff: تذكير\n\nنص\n"
    owner.post(address, {"t.ar": ""})
    assert content(owner, draft, "ar", "triage_reminder") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Guten Tag", "Die erste Zeile muss „Betreff: …“ lauten."),
        ("Betreff: A\n\n{{case reference}}", "Der Platzhalter „case reference“ ist unvollständig."),
        ("", "Die erste Zeile muss „Betreff: …“ lauten."),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused_and_kept_on_the_page(
    owner: Browser, draft: str, text: str, words: str
) -> None:
    before = content(owner, draft, "de")
    answer = owner.post(f"{draft}/texts/receipt", {"t.de": text})
    assert answer.status_code == 422
    assert words in answer.text
    assert f">\n{text}</textarea>" in answer.text
    assert content(owner, draft, "de") == before


def test_the_preview_reads_as_the_mail_with_invented_values(owner: Browser, draft: str, enquiry: object) -> None:
    text = "Betreff: Zu {{case.reference}}\n\n{{case.contact_name}}, {{wish}}: [[link]]"
    before = content(owner, draft, "de")
    page = owner.post(f"{draft}/texts/receipt", {"t.de": text, "do": "preview"}).text
    assert '<p class="mail-seen__subject">Zu 2026-0042</p>' in page
    assert "Frau Beispiel, Beispiel (wish): [Link]" in page
    assert "Das Zeichen des Vorgangs" in page  # what the placeholder means
    assert "Gibt der Schritt im Diagramm mit." in page
    assert "Amal" not in page
    assert content(owner, draft, "de") == before


def test_a_new_text_begins_with_its_subject(owner: Browser, draft: str) -> None:
    answer = owner.post(f"{draft}/texts", {"title": "Einladung zum Treffen"})
    assert answer.location == f"{draft}/texts/einladung_zum_treffen"
    assert (content(owner, draft, "de", "einladung_zum_treffen") or "").startswith("Betreff: Einladung zum Treffen\n")
    assert owner.post(f"{draft}/texts", {"title": "Einladung zum Treffen"}).status_code == 422
    assert owner.get(f"{draft}/texts/nowhere").status_code == 404


def test_a_script_keeps_a_text_while_somebody_types(owner: Browser, draft: str) -> None:
    address, script = f"{draft}/texts/receipt?beside=tr", {"X-Fragment": "1"}
    sent: dict[str, object] = {"t.de": "Betreff: Eins\n\n{{case.contact_name}}", **revisions(owner.get(address).text)}
    told = owner.post(address, sent, headers=script).get_json()
    assert told["problems"] == []
    assert "Frau Beispiel" in told["mails"]
    sent |= {f"revision.{language}": str(revision) for language, revision in told["revisions"].items()}
    wrong = owner.post(address, {**sent, "t.de": "ohne Betreff"}, headers=script)
    assert wrong.status_code == 422
    assert "Die erste Zeile muss" in wrong.get_json()["problems"][0]
    assert owner.post(address, {**sent, "t.de": "Betreff: Zwei\n\nx"}, headers=script).status_code == 200
    assert content(owner, draft, "de") == "Betreff: Zwei\n\nx\n"


def test_the_list_names_the_steps_that_send_a_text_by_its_name_or_by_a_formula(owner: Browser) -> None:
    page = owner.get(f"{begin_draft(owner, 'funding')}/texts").text
    assert re.search(r">sketch_wanted<.*?>MO um die Beschreibung bitten<", page, re.DOTALL)
    page = owner.get(f"{begin_draft(owner, 'referral')}/texts").text
    assert re.search(r">need_reminder<.*?>An die Antwort erinnern<", page, re.DOTALL)


def test_what_changes_calls_a_text_after_its_steps_and_its_language(owner: Browser, draft: str) -> None:
    address = f"{draft}/texts/receipt?beside=tr"
    owner.post(address, {"t.tr": "Betreff: Merhaba\n\nBitti.", **revisions(owner.get(address).text)})
    page = owner.get(f"{draft}/changes").text
    assert "Eingang bestätigen (receipt, Türkçe)" in page  # this step sends two
    referral = called.texts(bundles.read(Path(__file__).parents[2] / "bpmn" / "referral"))
    assert referral["texts/answer_taken_back.de.txt"] == "Stelle erfährt von der Rücknahme (Deutsch)"
    assert len(set(referral.values())) == len(referral)
