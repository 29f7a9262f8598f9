"""Words for events that never come and ways that are never gone: German and English."""

from typing import Final

from workflows.engine.checks.words_files import Words

EVENTS: Final[Words] = {
    "boundary_without_wait": (
        "„{host}“ geschieht von selbst und wartet auf niemanden: Dieses Ereignis käme nur, wenn der Schritt scheitert "
        "und hängen bleibt. Hängen Sie es an den Schritt, auf den gewartet wird.",
        '"{host}" happens by itself and waits for nobody: this event would only come if the step failed and were '
        "stuck. Attach it to the step that is waited for.",
    ),
    "error_never_comes": (
        "Aus „{host}“ kommt nie ein Fehler: Fehler melden nur Schritte, die etwas vom Haus ausführen lassen, und "
        "Fehler-Enden in einem Teilablauf. Dieser Weg wird nie gegangen; entfernen Sie ihn.",
        '"{host}" never gives an error: only steps that have the house do something and error ends inside a '
        "subprocess do. This way is never gone; remove it.",
    ),
    "escalation_never_comes": (
        "Aus „{host}“ kommt diese Eskalation nie: Nichts darin löst sie aus.{similar} Dieser Weg wird nie gegangen; "
        "prüfen Sie den Code, oder entfernen Sie ihn.",
        '"{host}" never gives this escalation: nothing inside throws it.{similar} This way is never gone; check the '
        "code, or remove it.",
    ),
    "cycle_once": (
        "„{source}“ wiederholt sich hier nicht: Es kommt nur einmal, danach geht es weiter. Schreiben Sie eine Dauer, "
        "zum Beispiel P14D, oder lassen Sie das Ereignis seinen Schritt nicht unterbrechen.",
        '"{source}" does not repeat here: it comes once, then the case goes on. Write a duration such as P14D, or let '
        "the event not interrupt its step.",
    ),
    "error_caught_by_nobody": (
        "Den Fehler „{error}“ fängt niemand auf: Der Vorgang bliebe hier stehen.{similar} Hängen Sie ein "
        "Fehler-Ereignis an den Teilablauf darum, oder nehmen Sie ein einfaches Ende.",
        'Nobody catches the error "{error}": the case would stand still here.{similar} Attach an error event to the '
        "subprocess around it, or use a plain end.",
    ),
    "condition_twice": (
        "Dieselbe Bedingung „{source}“ steht schon an einem früheren Weg aus „{gateway}“: Dieser wird nie gegangen.",
        'The same condition "{source}" already stands at an earlier way out of "{gateway}": this one is never gone.',
    ),
    "event_gateway_boundary": (
        "Was nach einem ereignisbasierten Gateway wartet, trägt kein Randereignis."
        " Zeichnen Sie es als weiteren Weg von „{gateway}“.",
        'What waits behind an event-based gateway bears no boundary event. Draw it as another way from "{gateway}".',
    ),
    "called_without_start": (
        "Der aufgerufene Ablauf „{process}“ hat kein einfaches Startereignis, mit dem er beginnen könnte.",
        'The called process "{process}" has no plain start event it could begin with.',
    ),
}
