"""What argparse says of wrong use and over its lists, in German: it asks gettext, which would follow the machine."""

import argparse
from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "usage: ": "Aufruf: ",
    "positional arguments": "Angaben",
    "options": "Optionen",
    "show this help message and exit": "diese Hilfe zeigen",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "Es fehlt: %s",
    "one of the arguments %s is required": "Eines davon ist nötig: %s",
    "unrecognized arguments: %s": "Das gibt es hier nicht: %s",
    "not allowed with argument %s": "geht nicht zusammen mit %s",
    "ignored explicit argument %r": "nimmt keinen Wert an: %r",
    "expected one argument": "Hier fehlt ein Wert.",
    "expected at most one argument": "Hier ist höchstens ein Wert möglich.",
    "expected at least one argument": "Hier fehlt mindestens ein Wert.",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s ist mehrdeutig: %(matches)s",
    "invalid %(type)s value: %(value)r": "%(value)r passt hier nicht.",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r gibt es nicht. Möglich ist: %(choices)s",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "%(parser_name)r gibt es nicht. Möglich ist: %(choices)s",
}


def speak() -> None:
    """Let argparse take these words; what is none of them stays as it is."""
    setattr(argparse, "_", lambda text: WORDS.get(text, text))  # noqa: B010 - its types do not know the name
