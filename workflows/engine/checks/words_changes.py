"""The sentences about what was rewritten on import."""

from typing import Final

from workflows.engine.checks.words_files import Words

CHANGES: Final[Words] = {
    "encoding_changed": (
        "Die Datei war als {encoding} gespeichert und ist jetzt UTF-8.",
        "The file was saved as {encoding} and is UTF-8 now.",
    ),
    "drawing_made": (
        "Die Datei hatte keine Zeichnung; Lotse hat eine angelegt. Verschieben Sie, was anders stehen soll.",
        "The file had no drawing; Lotse made one. Move what is to stand elsewhere.",
    ),
    "made_executable": ("Als ausführbar markiert.", "Marked as executable."),
    "made_drawing": (
        "Dieser Ablauf gehört jemand anderem und ist nur Zeichnung.",
        "This process belongs to somebody else and is drawing only.",
    ),
    "process_renamed": (
        "Der Ablauf heißt jetzt „{new}“ wie sein Bündel, vorher „{old}“.",
        'The process is now called "{new}" like its bundle, before "{old}".',
    ),
    "task_made_manual": (
        "Eine Aufgabe ohne Art ist jetzt eine manuelle Aufgabe.",
        "A task without a kind is now a manual task.",
    ),
    "language_dropped": (
        "Die Angabe „{language}“ zur Ausdruckssprache ist entfallen; hier gilt FEEL.",
        'The expression language "{language}" was dropped; FEEL applies here.',
    ),
    "default_set": (
        "„{flow}“ ist jetzt der Standardfluss: Es ist der einzige Weg ohne Bedingung.",
        '"{flow}" is now the default flow: it is the only way without a condition.',
    ),
    "default_condition_dropped": (
        "Die Bedingung „{source}“ am Standardfluss ist entfallen; sie wurde nie beachtet.",
        'The condition "{source}" of the default flow was dropped; it was never regarded.',
    ),
    "condition_translated": (
        "Die Bedingung „{source}“ heißt jetzt „{feel}“.",
        'The condition "{source}" now reads "{feel}".',
    ),
    "time_translated": ("Die Zeitangabe „{source}“ heißt jetzt „{new}“.", 'The time "{source}" now reads "{new}".'),
    "attribute_mapped": ("„{name}“ ist übernommen nach {to}: {value}", '"{name}" was taken over to {to}: {value}'),
    "attribute_dropped": (
        "„{name}“ ({value}) ist entfallen; hier bewirkt es nichts.",
        '"{name}" ({value}) was dropped; it has no effect here.',
    ),
    "attribute_lost": (
        "„{name}“ ({value}) lässt sich nicht übernehmen und ist entfallen. Geben Sie es hier neu an, wenn nötig.",
        '"{name}" ({value}) cannot be taken over and was dropped. Say it anew here if it is to count.',
    ),
    "extension_mapped": ("„{name}“ ist übernommen nach {to}.", '"{name}" was taken over to {to}.'),
    "extension_dropped": (
        "„{name}“ ist entfallen; hier bewirkt es nichts.",
        '"{name}" was dropped; it has no effect here.',
    ),
}
