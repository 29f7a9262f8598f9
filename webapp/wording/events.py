"""What happened, in words: the steps of a process and the entries of the audit trail."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _

# kind of engine event: words (with the step's name), tone
EVENTS: Mapping[str, tuple[Any, str]] = {
    "instance.started": (_("Ablauf begonnen"), "info"),
    "instance.completed": (_("Ablauf beendet"), "success"),
    "instance.terminated": (_("Ablauf abgebrochen"), "warning"),
    "element.completed": (_("%(step)s"), "info"),
    "task.created": (_("Neue Aufgabe: %(step)s"), "info"),
    "task.assigned": (_("Aufgabe zugeteilt: %(step)s"), "info"),
    "task.claimed": (_("Aufgabe übernommen: %(step)s"), "info"),
    "task.postponed": (_("Wiedervorlage geändert: %(step)s"), "info"),
    "task.prioritised": (_("Priorität geändert: %(step)s"), "info"),
    "task.released": (_("Aufgabe zurückgegeben: %(step)s"), "warning"),
    "task.completed": (_("Aufgabe erledigt: %(step)s"), "success"),
    "task.cancelled": (_("Aufgabe entfallen: %(step)s"), "warning"),
    "timer.fired": (_("Frist erreicht: %(step)s"), "warning"),
    "message.received": (_("Nachricht eingegangen: %(step)s"), "info"),
    "message.sent": (_("Nachricht gesendet: %(step)s"), "info"),
    "incident.opened": (_("Störung: %(step)s"), "danger"),
    "incident.resolved": (_("Störung behoben: %(step)s"), "success"),
    "expression.warned": (_("Hinweis zu einer Regel: %(step)s"), "warning"),
    "decision.evaluated": (_("Vorschlag berechnet: %(step)s"), "info"),
}

AUDIT: Mapping[str, Any] = {
    "case.opened": _("Vorgang angelegt"),
    "case.in_progress": _("Vorgang in Bearbeitung genommen"),
    "case.waiting": _("Vorgang wartet auf Antwort"),
    "case.answered": _("Vorgang beantwortet"),
    "case.closed": _("Vorgang abgeschlossen"),
    "case.reopened": _("Vorgang wieder geöffnet"),
    "case.withdrawn": _("Anfrage zurückgezogen"),
    "case.consent_withdrawn": _("Einwilligung zur Weitergabe zurückgezogen"),
    "case.withdrawal_asked": _("Rückzug der Anfrage gewünscht"),
    "case.routed": _("Weg festgelegt"),
    "case.answer_given": _("Antwort festgehalten"),
    "case.confirmed": _("Verein hat das Ergebnis bewertet"),
    "case.edited": _("Angaben geändert"),
    "case.linked": _("Als doppelt verknüpft"),
    "case.unlinked": _("Verknüpfung gelöst"),
    "case.surveyed": _("Frage nach dem Abschluss beantwortet"),
    "case.viewed": _("Vorgang angesehen"),
    "case.message_added": _("Neue Nachricht von wem angefragt hat"),
    "file.added": _("Datei hinzugefügt"),
    "file.shared": _("Datei für den Verein freigegeben"),
    "file.unshared": _("Datei nur noch intern"),
    "note.added": _("Interne Notiz geschrieben"),
    "note.shared": _("Nachricht auf die Statusseite geschrieben"),
    "contact.logged": _("Kontakt festgehalten"),
    "contact.followed_up": _("Wiedervorlage erledigt"),
    "referral.offered": _("Verweisung vorbereitet"),
    "referral.sent": _("Verweisung gesendet"),
    "referral.seen": _("Stelle hat die Verweisung geöffnet"),
    "referral.accepted": _("Stelle hat angenommen"),
    "referral.declined": _("Stelle hat abgelehnt"),
    "referral.handed_on": _("Stelle hat weitergereicht"),
    "referral.expired": _("Frist ohne Antwort abgelaufen"),
    "referral.withdrawn": _("Verweisung zurückgezogen"),
    "referral.in_contact": _("Stelle ist im Kontakt"),
    "referral.reported": _("Stelle hat das Ergebnis gemeldet"),
    "referral.confirmation_given": _("Anfragende haben das Ergebnis bewertet"),
    "referral.confirmed": _("Ergebnis von den Anfragenden bestätigt"),
    "referral.closed": _("Verweisung abgeschlossen"),
    "referral.answer_taken_back": _("Antwort soll zurückgenommen werden"),
    "referral.reopened": _("Antwort zurückgenommen, die Stelle ist wieder gefragt"),
    "referral.question_added": _("Rückfrage der Stelle"),
    "referral.answer_added": _("Antwort auf die Rückfrage"),
    "referral.considered": _("Rückmeldung zum Bedarf gegeben"),
    "appointment.proposed": _("Stelle schlägt einen Termin vor"),
    "appointment.arranged": _("Ersten Termin vereinbart"),
    "appointment.answered": _("Antwort auf den Terminvorschlag"),
    "appointment.confirmed": _("Termin bestätigt"),
    "appointment.declined": _("Termin abgelehnt"),
    "appointment.unanswered": _("Keine Antwort auf den Terminvorschlag"),
    "invitation.sent": _("Andere MO gefragt, ob sie mitmacht"),
    "invitation.joined": _("Die gefragte MO macht mit"),
    "invitation.declined": _("Die gefragte MO sagt ab"),
    "invitation.unanswered": _("Die gefragte MO hat nicht geantwortet"),
    "case.translated": _("Übersetzung festgehalten"),
    "application.opened": _("Förderberatung begonnen"),
    "application.preparing": _("Förderprogramm gewählt"),
    "application.planned": _("Kostenplan festgehalten"),
    "application.submitted": _("Förderantrag eingereicht"),
    "application.incomplete": _("Zum Förderantrag fehlt noch etwas"),
    "application.rated": _("Förderantrag bewertet"),
    "application.awarded": _("Förderung bewilligt"),
    "application.rejected": _("Förderung abgelehnt"),
    "application.drawn": _("Geld abgerufen"),
    "application.changed": _("Kostenplan geändert"),
    "application.proven": _("Verwendung nachgewiesen"),
    "application.repaid": _("Restbetrag zurückgezahlt"),
    "application.withdrawn": _("Förderantrag zurückgezogen"),
    "application.closed": _("Förderung abgeschlossen"),
    "task.claimed": _("Aufgabe übernommen"),
    "task.released": _("Aufgabe zurückgegeben"),
    "task.handed_over": _("Aufgabe übergeben"),
    "task.postponed": _("Wiedervorlage geändert"),
    "task.prioritised": _("Priorität geändert"),
    "task.completed": _("Aufgabe erledigt"),
    "task.completed_on_behalf": _("Antwort im Namen anderer eingetragen"),
    "link.issued": _("Persönlichen Link ausgestellt"),
    "link.used": _("Persönlichen Link benutzt"),
    "link.revoked": _("Persönlichen Link gesperrt"),
    "mail.posted": _("E-Mail in den Postausgang gelegt"),
    "mail.sent": _("E-Mail gesendet"),
    "mail.retried": _("E-Mail noch einmal in den Postausgang gelegt"),
    "mail.failed": _("E-Mail nicht zustellbar"),
    "programme.pot_set": _("Topf eines Programms festgelegt"),
    "programme.edited": _("Förderprogramm geändert"),
    "page.edited": _("Öffentliche Seite geändert"),
    "bundle.deployed": _("Ablauf veröffentlicht"),
    "version.retired": _("Fassung eines Ablaufs außer Kraft gesetzt"),
    "message.posted": _("Nachricht an einen Ablauf gegeben"),
    "instance.started": _("Ablauf begonnen"),
    "instance.completed": _("Ablauf beendet"),
    "instance.terminated": _("Ablauf abgebrochen"),
    "case.assigned": _("Vorgang einer Organisation zugeordnet"),
    "organisation.added": _("Organisation aufgenommen"),
    "organisation.edited": _("Angaben geändert"),
    "organisation.confirmed": _("Eintrag bestätigt"),
    "organisation.advisor_set": _("Zuständigkeit geändert"),
    "organisation.related": _("Verbindung eingetragen"),
    "organisation.parted": _("Verbindung entfernt"),
    "organisation.change_proposed": _("Änderung vorgeschlagen"),
    "organisation.change_decided": _("Über eine vorgeschlagene Änderung entschieden"),
    "organisation.directory_agreed": _("Veröffentlichung im Verzeichnis zugestimmt"),
    "organisation.directory_left": _("Veröffentlichung im Verzeichnis beendet"),
    "contact.added": _("Ansprechperson eingetragen"),
    "contact.edited": _("Ansprechperson geändert"),
    "contact.left": _("Ansprechperson ausgetragen"),
    "office.added": _("Stelle aufgenommen"),
    "office.edited": _("Stelle geändert"),
    "user.created": _("Konto angelegt"),
    "user.signed_in": _("Angemeldet"),
    "user.signed_out": _("Abgemeldet"),
    "user.sign_in_failed": _("Anmeldung gescheitert"),
    "user.joined": _("In Gruppe aufgenommen"),
    "user.left": _("Aus Gruppe entfernt"),
    "user.enabled": _("Konto freigegeben"),
    "user.disabled": _("Konto gesperrt"),
    "user.access_set": _("Rollen und Gruppen geändert"),
    "user.invited": _("Einladung gesendet"),
    "user.link_sent": _("Link zum Anmelden gesendet"),
    "user.renamed": _("Name oder Sprache eines Kontos geändert"),
    "user.sessions_ended": _("Anmeldungen beendet"),
    "group.added": _("Gruppe angelegt"),
    "group.renamed": _("Gruppe umbenannt"),
    "user.password_set": _("Passwort gesetzt"),
    "user.notice_chosen": _("Benachrichtigungen gewählt"),
    "deputy.appointed": _("Vertretung eingetragen"),
    "deputy.ended": _("Vertretung beendet"),
    "token.created": _("Zugriffsschlüssel erstellt"),
    "token.revoked": _("Zugriffsschlüssel gesperrt"),
    "audit.sealed": _("Protokoll versiegelt"),
    "audit.verified": _("Protokoll geprüft"),
    "audit.erased": _("Personenbezogene Einzelheiten gelöscht"),
    "stream.erased": _("Personenbezogene Einzelheiten gelöscht"),
}

# What the details of an audit entry are about.
DETAILS: Mapping[str, Any] = {
    "amount": _("Betrag"),
    "appointment": _("Termin"),
    "answer": _("Antwort"),
    "before": _("vorher"),
    "attempts": _("Versuche"),
    "channel": _("Weg"),
    "choice": _("Anliegen"),
    "correlation_key": _("Empfänger"),
    "follow_up_on": _("Wiedervorlage am"),
    "office_task": _("Aufgabe der Koordinierungsstelle"),
    "points": _("Punkte"),
    "programme": _("Programm"),
    "requested": _("Beantragt"),
    "spent": _("Ausgegeben"),
    "status": _("Stand"),
    "by": _("durch"),
    "consideration": _("Was daraus wird"),
    "count": _("Anzahl"),
    "fields": _("Felder"),
    "from": _("vorher"),
    "group": _("Gruppe"),
    "groups": _("Gruppen"),
    "key": _("Schlüssel"),
    "language": _("Sprache"),
    "legal_basis": _("Rechtsgrundlage"),
    "message": _("Nachricht"),
    "name": _("Name"),
    "note": _("Notiz"),
    "number": _("Version"),
    "office": _("Stelle"),
    "on": _("am"),
    "on_behalf_of": _("für"),
    "organisation": _("Organisation"),
    "priority": _("Priorität"),
    "outcome": _("Ergebnis"),
    "patch": _("Änderung der Version"),
    "purpose": _("Zweck"),
    "question": _("Frage"),
    "advisor": _("Ansprechperson"),
    "deputy": _("Vertretung"),
    "kind": _("Art"),
    "reason": _("Grund"),
    "role": _("Aufgabe"),
    "source": _("Quelle"),
    "reference": _("Vorgang"),
    "result": _("Ergebnis"),
    "roles": _("Rollen"),
    "scope": _("Umfang"),
    "sha256": _("Prüfsumme"),
    "since": _("von"),
    "step": _("Schritt"),
    "to": _("an"),
    "token": _("Zugriffsschlüssel"),
    "total": _("Summe"),
    "until": _("bis"),
    "urgency": _("Dringlichkeit"),
    "ways": _("Wege"),
    "year": _("Jahr"),
}


def event_text(kind: str, element_name: str | None, actor: str | None = None) -> str:
    """One line of a case's story; ``actor`` is shown beside it and only asked for here to keep callers simple."""
    text = EVENTS.get(kind, (kind, ""))[0]
    return str(text) % {"step": element_name or gettext("ohne Namen")}


def event_tone(kind: str) -> str:
    """The colour of the line's dot: info, success, warning or danger."""
    return EVENTS.get(kind, ("", "info"))[1]


def told_for(details: Mapping[str, Any], channel: str) -> str:
    """For whom an answer was entered, how it came and when: "für Caritas (Telefon, 24.11.2026)"; empty for others."""
    if "on_behalf_of" not in details:
        return ""
    facts = {"whose": details["on_behalf_of"], "channel": channel, "on": format_date(details["on"], "dd.MM.yyyy")}
    return str(gettext("für %(whose)s (%(channel)s, %(on)s)", **facts))


def deputy_text(actor: str, acts_for: str) -> str:
    """Who acted, and for whom if it was as a deputy: "Anna in Vertretung für Ben"."""
    return str(gettext("%(who)s in Vertretung für %(whom)s", who=actor, whom=acts_for)) if acts_for else actor


def audit_text(event: str) -> str:
    """The words for an audit event; the event's own name when there are none yet."""
    return str(AUDIT.get(event, event))


def detail_label(key: str) -> str:
    """The word for a key in an audit entry's details; the key itself when there is none."""
    return str(DETAILS.get(key, key))
