"""Sentences for the errors the house raises."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import format_datetime, gettext
from flask_babel import lazy_gettext as _

from webapp.i18n import language
from webapp.wording.code_uses import code_use
from webapp.wording.states import status_word
from workflows.engine.checks import words_scenarios

ERRORS: Mapping[str, Any] = {
    "not_found": _("Das gibt es nicht, oder Sie dürfen es nicht sehen."),
    "recused": _(
        "Bei diesem Antrag gelten Sie als befangen. Deshalb sehen Sie ihn nicht und wirken nicht mit. Stimmt das "
        "nicht, sagen Sie es bitte der Koordinierungsstelle."
    ),
    "biased": _("Bei diesem Antrag gelten Sie als befangen. Das hier muss jemand anderes übernehmen."),
    "task_done": _("Diese Aufgabe hat %(by)s am %(at)s erledigt."),
    "task_cancelled": _("Diese Aufgabe ist entfallen, weil der Vorgang weitergegangen ist."),
    "task_claimed": _("Diese Aufgabe hat %(by)s übernommen."),
    "draft_conflict": _(
        "%(by)s hat diesen Entwurf inzwischen in einem anderen Fenster geändert. Ihre Fassung ist hier noch da."
    ),
    "draft_moved": _("%(by)s hat das am %(at)s geändert, nachdem Sie es geöffnet hatten."),
    "decision_needed": _("Das brauchen noch andere: %(by)s. Nehmen Sie es bitte erst dort heraus."),
    "code_last": _("Der letzte Eintrag einer Liste lässt sich nicht stilllegen: Sonst gäbe es nichts zu wählen."),
    "code_relied_on": _("„%(label)s“ lässt sich nicht stilllegen. %(why)s"),
    "draft_closed": _("Dieser Entwurf ist eingereicht, veröffentlicht oder verworfen. Er wird nicht mehr geändert."),
    "draft_behind": _(
        "Inzwischen wurde Fassung %(number)s veröffentlicht. Sehen Sie sich den Unterschied an und entscheiden Sie, "
        "ob Ihr Entwurf sie ablösen soll."
    ),
    "step_not_straight": _("Dieser Schritt hat mehrere Wege. Ändern Sie das bitte in der Zeichnung."),
    "step_not_alone": _("Mit diesem Schritt entfällt mehr. Sehen Sie bitte erst nach, was."),
    "nothing_to_mend": _("Das ist schon in Ordnung, oder nur ein Mensch kann es entscheiden."),
    "scenarios_fail": _("Diese Szenarien gehen anders aus als erzählt: %(failed)s. Spielen Sie sie unter „Probe“."),
    "trial_too_long": _("Eine Probe kann höchstens %(most)s Schritte haben."),
    "nothing_to_undo": _("Es gibt nichts, was rückgängig gemacht werden könnte."),
    "publication_decided": _("Darüber ist schon entschieden."),
    "second_person": _("Veröffentlichen darf nur, wer am Entwurf nichts geändert und ihn nicht eingereicht hat."),
    "too_many_filters": _("Sie haben schon %(most)s Filter gemerkt. Bitte löschen Sie zuerst einen davon."),
    "state_moved": _("Der Vorgang hat sich gerade bewegt. Bitte versuchen Sie es noch einmal."),
    "case_state": _("Der Vorgang ist inzwischen „%(status)s“. Das geht jetzt nicht mehr."),
    "referral_state": _("Die Verweisung ist inzwischen „%(status)s“. Das geht jetzt nicht mehr."),
    "application_state": _("Der Förderantrag ist inzwischen „%(status)s“. Das geht jetzt nicht mehr."),
    "already_confirmed": _("Danke, Ihre Rückmeldung ist schon bei uns."),
    "only_first": _("Andere Personen kann nur die erste Ansprechperson austragen. Bitte sagen Sie uns Bescheid."),
    "contact_left": _("Diese Person ist schon ausgetragen."),
    "proposal_decided": _("Über diese Änderung ist schon entschieden."),
    "proposal_changed": _("Die Organisation hat inzwischen etwas anderes vorgeschlagen. Bitte lesen Sie es neu."),
    "list_moved": _(
        "Das Register hat sich seit der Vorschau geändert. Bitte prüfen Sie die Zeilen und bestätigen Sie noch einmal."
    ),
    "related_to_itself": _("Eine Organisation kann nicht zu sich selbst gehören."),
    "linked_to_itself": _("Dieser Vorgang ist selbst doppelt oder hat schon doppelte. Verknüpfen Sie mit dem ersten."),
    "not_asked": _("Dazu ist gerade keine Frage offen."),
    "migration_running": _("Für diesen Ablauf läuft gerade eine Umstellung. Warten Sie, bis sie fertig ist."),
    "migration_closed": _("Diese Umstellung lässt sich nicht mehr zurücknehmen."),
    "instance_moved_on": _("Der Vorgang ist seitdem weitergegangen und bleibt, wie er ist."),
    "instance_ended": _("Dieser Ablauf ist schon zu Ende."),
    "process_not_startable": _("Dieser Ablauf kann so nicht gestartet werden."),
    "version_retired": _("Diese Fassung des Ablaufs ist nicht mehr in Kraft."),
    "incident_resolved": _("Diese Störung ist schon behoben."),
    "message_over": _("Diese Nachricht ist schon zugestellt oder verfallen."),
    "timer_over": _("Diese Frist ist schon abgelaufen oder wird nicht mehr gebraucht."),
    "mail_state": _("Diese E-Mail ist inzwischen „%(status)s“. Sie muss nicht noch einmal gesendet werden."),
    "not_allowed": _("Ihr Konto hat dafür keine Berechtigung."),
    "already_answered": _("Diese Verweisung ist schon beantwortet."),
    "four_eyes": _(
        "Vier-Augen-Prinzip: „%(step)s“ haben Sie selbst erledigt. Das hier muss jemand anderes übernehmen."
    ),
    "not_admitted": _(
        "Das hier dürfen nur die Mitglieder tun, die an der Sitzung teilnehmen und nicht befangen sind. "
        "Sie gehören nicht dazu."
    ),
    "pot_promised": _("Aus diesem Topf sind schon %(promised)s Euro zugesagt. Weniger kann er nicht haben."),
    "handed_on": _("Diese Verweisung ist weitergereicht. Antworten kann nur noch, wer sie bekommen hat."),
    "email_taken": _("Diese E-Mail-Adresse gehört schon zu einem anderen Konto."),
    "office_key_taken": _("Dieses Kürzel gehört schon zu einer anderen Stelle."),
    "office_unknown": _("Diese Stelle gibt es nicht mehr."),
    "case_without_organisation": _(
        "Der Vorgang %(case)s gehört noch zu keinem Eintrag im Register. "
        "Ordnen Sie ihn zu, dann geht es von selbst weiter."
    ),
    "letter_without_office": _(
        "In diesem Ablauf ist keine Stelle gefragt: Ein Brief geht hier nur an wen angefragt hat."
    ),
    "letter_with_link": _("Der Text „%(text)s“ enthält einen Link. Auf Papier führt er nirgendwohin."),
    "office_without_address": _("Für „%(office)s“ ist keine E-Mail-Adresse hinterlegt."),
    "programme_without_office": _("Für das Programm „%(programme)s“ ist keine Stelle hinterlegt, die man fragen kann."),
    "appointment_state": _("Über diesen Termin ist schon entschieden."),
    "invitation_answered": _("Diese Anfrage ist schon beantwortet."),
    "consent_missing": _("Die Einwilligung, Daten weiterzugeben, fehlt."),
    "legal_basis_missing": _("Bitte geben Sie an, warum die Daten weitergegeben werden dürfen (Rechtsgrundlage)."),
    "nothing_shared": _("Bitte wählen Sie mindestens eine Angabe, die weitergegeben wird."),
    "reason_text_missing": _("Bitte schreiben Sie den Grund dazu."),
    "group_taken": _("Das Kürzel „%(group)s“ gibt es schon."),
    "own_account": _("Das ist Ihr eigenes Konto. Das kann nur jemand anderes tun, der die Konten betreut."),
    "token_reads_only": _("Dieser Zugriffsschlüssel darf nur lesen."),
    "tokens_many": _("Sie haben schon %(most)s gültige Zugriffsschlüssel. Bitte sperren Sie zuerst einen."),
    "trail_damaged": _("Das Protokoll ist beschädigt. Was genau, sagt „lotse verify-audit“."),
    "throttled": _("Das waren viele Versuche in kurzer Zeit. Bitte warten Sie einen Moment."),
    "throttled_together": _(
        "Gerade kommt hier zu viel auf einmal an. Das liegt nicht an Ihnen. Bitte versuchen Sie es später noch einmal."
    ),
    "invalid": _("Einige Angaben fehlen oder passen nicht. Bitte prüfen Sie sie."),
    "wrong_credentials": _("E-Mail-Adresse oder Passwort stimmt nicht."),
    "bundle_refused": _("Das Paket wurde nicht angenommen. Die Befunde nennen die Gründe."),
    "group_unknown": _("Unbekannte Gruppe: %(group)s. Die Gruppen des Hauses entstehen beim ersten Start."),
    "bundle_unknown": _("Es gibt weder einen Ordner noch einen Prozess „%(bundle)s“."),
    "scenario_unknown": _("Der Prozess „%(bundle)s“ hat kein Szenario „%(scenario)s“."),
    "scenarios_missing": _("Der Prozess „%(bundle)s“ hat keine Szenarien."),
    "start_unknown": _("Der Ablauf „%(process)s“ hat keinen Beginn „%(start)s“."),
    "scenario_unreadable": _("Das Szenario „%(file)s“ ist nicht lesbar: %(reason)s"),
    "body_not_json": _("Der gesendete Inhalt ist kein JSON."),
    "body_not_object": _("Der gesendete Inhalt ist kein JSON-Objekt."),
    "too_fast": _("Das ging sehr schnell. Bitte prüfen Sie Ihre Angaben und senden Sie sie noch einmal."),
}


#: What programs read when only the status is known; pages have their own words.
STATUSES: Mapping[int, Any] = {
    400: _("Etwas an der Anfrage stimmt nicht. Bitte versuchen Sie es noch einmal."),
    401: _("Dafür braucht es einen gültigen Zugang."),
    403: _("Ihr Konto hat dafür keine Berechtigung."),
    404: _("Das gibt es nicht, oder Sie dürfen es nicht sehen."),
    405: _("Diese Adresse kennt diese Methode nicht."),
    409: _("Der Vorgang ist inzwischen weitergegangen. Bitte laden Sie die Seite neu."),
    413: _("Bitte senden Sie kleinere Dateien oder weniger Text."),
    415: _("Diese Art Inhalt (Content-Type) wird hier nicht angenommen."),
    422: _("Einige Angaben fehlen oder passen nicht."),
    429: _("Das waren viele Versuche in kurzer Zeit."),
    500: _("Der Fehler liegt nicht bei Ihnen. Wir haben ihn festgehalten. Bitte versuchen Sie es später noch einmal."),
    503: _("Gerade nicht erreichbar"),
}


def status_text(status: int) -> str:
    """The sentence for an HTTP status; statuses without words count as 400, or as 500 from there on."""
    return str(STATUSES.get(status, STATUSES[500 if status >= 500 else 400]))


def error_text(code: str, facts: Mapping[str, object]) -> str | None:
    """The sentence for an error, or None when the status page's own words must do."""
    text = ERRORS.get(code)
    if text is None:
        return None
    words = {name: _shown(code, name, value) for name, value in facts.items()}
    if code == "scenario_unreadable":
        words["reason"] = scenario_reason(facts)
    try:
        return str(text) % words
    except KeyError:
        # A fact is missing: the status page's own words are better than a half-filled sentence.
        return None


def scenario_reason(facts: Mapping[str, object]) -> str:
    """Why a scenario cannot be read, in the reader's language; what is written for owners speaks German and English."""
    return words_scenarios.reason(facts, 0 if language().startswith("de") else 1)


def _shown(code: str, name: str, value: object) -> object:
    if value is None:
        return gettext("jemand") if name == "by" else ""
    if isinstance(value, datetime):
        return format_datetime(value, "dd.MM.yyyy, HH:mm")
    if name == "why" and code == "code_relied_on":
        return code_use(str(value))
    if name == "status" and code.endswith("_state"):
        return status_word(code.removesuffix("_state"), str(value)).text
    if code == "scenarios_fail" and isinstance(value, list):
        return "; ".join(map(_failing, value))
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _failing(story: Mapping[str, Any]) -> str:
    return f"„{story['title']}“ ({story['scenario']}, {step_text(story['step'], story['place'])})"


def step_text(number: int, place: str) -> str:
    """A step of a scenario by its number and what it is about, as people call that."""
    if number == 0:
        return str(gettext("Beginn"))
    if not place:
        return str(gettext("Schritt %(number)s", number=number))
    return str(gettext("Schritt %(number)s bei „%(place)s“", number=number, place=place))
