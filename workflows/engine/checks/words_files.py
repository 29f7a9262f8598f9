"""The sentences about files: bundles, texts, translations, forms."""

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, tuple[str, str]]

BUNDLE: Final[Words] = {
    "not_in_a_bundle": (
        "„{file}“ gehört nicht in einen Ablauf. Möglich sind Diagramme (.bpmn), Formulare (.form), "
        "Entscheidungstabellen (.dmn), Texte (texts/name.de.txt), Übersetzungen und Szenarien.",
        '"{file}" is no part of a process. There may be diagrams (.bpmn), forms (.form), decision tables (.dmn), '
        "texts (texts/name.de.txt), translations and scenarios.",
    ),
    "bundle_too_large": (
        "Das Bündel ist entpackt größer als {max}.",
        "Unpacked, the bundle is larger than {max}.",
    ),
    "zip_too_large": ("Die Zip-Datei ist größer als {max}.", "The zip file is larger than {max}."),
    "file_too_large": ("„{file}“ ist größer als {max}.", '"{file}" is larger than {max}.'),
    "packed_too_tightly": (
        "„{file}“ ist in der Zip-Datei auf weniger als ein Hundertstel gepackt. Das ist bei Abläufen nicht üblich und "
        "wird nicht angenommen. Laden Sie die Datei einzeln hoch.",
        '"{file}" is packed to less than a hundredth in the zip file. That is unusual for processes and is not '
        "accepted. Upload the file by itself.",
    ),
    "table_alone": (
        "„{file}“ ist eine Entscheidungstabelle und für sich kein Ablauf. Öffnen Sie den Entwurf, in den sie gehört, "
        "und lesen Sie sie dort unter „Dateien“ ein.",
        '"{file}" is a decision table and no process by itself. Open the draft it belongs into and take it in there '
        'under "Files".',
    ),
    "form_alone": (
        "„{file}“ ist ein Formular und für sich kein Ablauf. Öffnen Sie den Entwurf, in den es gehört, "
        "und lesen Sie es dort unter „Dateien“ ein.",
        '"{file}" is a form and no process by itself. Open the draft it belongs into and take it in there '
        'under "Files".',
    ),
    "no_diagram_inside": (
        "„{file}“ ist XML, aber kein Diagramm nach BPMN 2.0. Exportieren Sie es in Ihrem Werkzeug als BPMN.",
        '"{file}" is XML, but no BPMN 2.0 diagram. Export it from your tool as BPMN.',
    ),
    "too_many_files": ("Das Bündel hat mehr als {max} Dateien.", "The bundle has more than {max} files."),
    "double_member": ("Eine Datei kommt in der Zip-Datei doppelt vor.", "A file occurs twice in the zip."),
    "encrypted": ("Die Zip-Datei ist verschlüsselt.", "The zip file is encrypted."),
    "no_diagram": (
        "Im Bündel fehlt ein Diagramm (.bpmn).",
        "The bundle has no diagram (.bpmn).",
    ),
    "no_name": (
        "Mehrere Diagramme ohne gemeinsamen Ordner: Packen Sie alles in einen Ordner, der wie der Ablauf heißt.",
        "Several diagrams without a common folder: put everything into one folder named after the process.",
    ),
    "not_a_zip": (
        "Das ist keine lesbare Zip-Datei und kein Diagramm. Sie kann beschädigt sein; bitte erstellen Sie sie neu.",
        "This is no readable zip file and no diagram. It may be damaged; please make it anew.",
    ),
    "no_file": ("„{file}“ ist weder Datei noch Ordner.", '"{file}" is neither a file nor a folder.'),
    "part_alone": (
        "„{file}“ lässt sich nur mit seinem Prozess prüfen: Nennen Sie dessen Ordner.",
        '"{file}" can only be checked with its process: name its folder.',
    ),
    "not_readable": ("„{file}“ lässt sich nicht lesen: {reason}", '"{file}" cannot be read: {reason}'),
    "unsafe_path": (
        "„{file}“ führt aus dem Bündel hinaus. Das Bündel wird nicht angenommen.",
        '"{file}" leads out of the bundle. The bundle is refused.',
    ),
    "unusable_name": (
        "Der Dateiname „{file}“ ist zu lang oder enthält Zeichen, die nicht möglich sind. Benennen Sie die Datei um.",
        'The file name "{file}" is too long or has characters that are not possible. Rename the file.',
    ),
    "name_not_utf8": ("Der Dateiname „{file}“ ist nicht in UTF-8.", 'The file name "{file}" is not UTF-8.'),
    "no_main_diagram": (
        "Bei mehreren Diagrammen muss eines wie der Ordner heißen.",
        "With several diagrams one must be named like the folder.",
    ),
    "check_failed": (
        "Die Prüfung ist an dieser Datei gescheitert ({reason}). Bitte melden Sie das und vereinfachen Sie die Datei.",
        "The check failed on this file ({reason}). Please report it and simplify the file.",
    ),
    "text_too_long": ("Der Text ist länger als {max} Zeichen.", "The text is longer than {max} characters."),
    "text_not_utf8": (
        "Die Datei ist nicht in UTF-8 gespeichert (Stelle {position}). Speichern Sie sie als UTF-8.",
        "The file is not saved as UTF-8 (position {position}). Save it as UTF-8.",
    ),
    "text_placeholder": (
        "Der Platzhalter „{name}“ ist unvollständig. Schreiben Sie {{{{name}}}}.",
        'The placeholder "{name}" is incomplete. Write {{{{name}}}}.',
    ),
    "text_subject": (
        "Die erste Zeile muss „Betreff: …“ lauten.",
        'The first line must read "Betreff: …" or "Subject: …".',
    ),
    "text_taken": (
        "Einen Text „{text}“ gibt es schon. Wählen Sie einen anderen Betreff.",
        'There is a text "{text}" already. Choose another subject.',
    ),
    "text_without_german": (
        "Den Text „{text}“ gibt es nicht auf Deutsch. Legen Sie texts/{text}.de.txt an.",
        'The text "{text}" does not exist in German. Add texts/{text}.de.txt.',
    ),
    "unknown_placeholder": (
        "Der Text „{text}“ nennt {{{{{placeholder}}}}}, aber niemand setzt dafür etwas ein.{similar} "
        "Ändern Sie den Text, oder geben Sie den Wert hier unter „Weitere Angaben“ mit.",
        'The text "{text}" names {{{{{placeholder}}}}}, but nothing is put in for it.{similar} '
        'Change the text, or give the value here under "Further values".',
    ),
    "placeholder_not_given": (
        "Der Text „{text}“ nennt {{{{{placeholder}}}}}. Der Ablauf kennt die Angabe, aber dieser Schritt gibt sie "
        "nicht mit: Ergänzen Sie unter „Weitere Angaben“ {{{placeholder}: {placeholder}}}.",
        'The text "{text}" names {{{{{placeholder}}}}}. The process knows it, but this step does not give it: '
        'add {{{placeholder}: {placeholder}}} under "Further values".',
    ),
    "link_not_given": (
        "Der Text „{text}“ enthält [[link]], aber dieser Schritt macht keinen Link. "
        "Wählen Sie hier einen Link aus, oder nehmen Sie [[link]] aus dem Text.",
        'The text "{text}" contains [[link]], but this step makes no link. '
        "Choose a link here, or take [[link]] out of the text.",
    ),
    "link_impossible": (
        "Der Text „{text}“ enthält [[link]], aber ein solcher Schritt macht nie einen Link: Auf Papier führt "
        "er nirgendwohin. Nehmen Sie [[link]] aus dem Text, oder wählen Sie einen anderen.",
        'The text "{text}" contains [[link]], but such a step never makes a link: on paper it leads nowhere. '
        "Take [[link]] out of the text, or choose another one.",
    ),
    "translations_not_json": ("Kein gültiges JSON (Zeile {line}).", "Not valid JSON (line {line})."),
    "translations_unusable": (
        "Keine Tabelle deutscher Texte, oder mehr als {max}.",
        "No table of German texts, or more than {max}.",
    ),
    "translation_unusable": (
        'Die Übersetzung von „{german}“ muss {{"text": "…", "reviewed": true}} lauten.',
        'The translation of "{german}" must read {{"text": "…", "reviewed": true}}.',
    ),
    "translation_missing": (
        "Aus {in} noch nicht übersetzt: {count}, zum Beispiel „{example}“.",
        'Of {in} not translated yet: {count}, for example "{example}".',
    ),
    "not_reviewed": (
        "Noch von niemandem geprüfte Übersetzungen: {count}.",
        "Translations that nobody has reviewed yet: {count}.",
    ),
    "translation_unused": (
        "Übersetzungen von Texten, die im Ablauf nicht (mehr) stehen: {count}, zum Beispiel „{example}“. Sie "
        "erscheinen nirgends: Schreiben Sie den deutschen Text so, wie er im Ablauf steht, oder entfernen Sie sie.",
        'Translations of texts that do not stand in the process (any more): {count}, for example "{example}". They '
        "show nowhere: write the German text as it stands in the process, or remove them.",
    ),
    "language_unknown": (
        "In „{language}“ liest hier niemand: Diese Datei wird nie verwendet. Benennen Sie sie nach einer der Sprachen "
        "dieses Hauses ({languages}), oder entfernen Sie sie.",
        'Nobody reads "{language}" here: this file is never used. Name it after one of the languages of this house '
        "({languages}), or remove it.",
    ),
    "stray_text": (
        "So heißt kein Text, die Datei wird nicht beachtet. Nennen Sie sie texts/name.de.txt, mit Buchstaben, Ziffern "
        "und Unterstrich und einer Sprache dieses Hauses (de, {languages}), oder entfernen Sie sie.",
        "No text is called like this, the file is not read. Name it texts/name.de.txt, with letters, digits and "
        "underscores and a language of this house (de, {languages}), or remove it.",
    ),
    "stray_translations": (
        "So heißt keine Tabelle von Übersetzungen, die Datei wird nicht beachtet. Benennen Sie sie nach einer der "
        "Sprachen dieses Hauses ({languages}), zum Beispiel translations/en.json, oder entfernen Sie sie.",
        "No table of translations is called like this, the file is not read. Name it after one of the languages of "
        "this house ({languages}), for example translations/en.json, or remove it.",
    ),
    "stray_scenario": (
        "So heißt kein Szenario, die Datei wird nicht beachtet. Nennen Sie sie scenarios/name.yaml, mit Buchstaben, "
        "Ziffern, Strich und Unterstrich, oder entfernen Sie sie.",
        "No scenario is called like this, the file is not read. Name it scenarios/name.yaml, with letters, digits, "
        "dashes and underscores, or remove it.",
    ),
    "stray_part": (
        "Diagramme, Formulare und Entscheidungstabellen liegen unmittelbar im Ordner des Ablaufs; hier wird die Datei "
        "nicht beachtet. Legen Sie sie neben das Diagramm, oder entfernen Sie sie.",
        "Diagrams, forms and decision tables lie right in the folder of the process; here the file is not read. Put it "
        "beside the diagram, or remove it.",
    ),
    "lookups_differ": (
        "„{text}“ nennt andere Platzhalter als der deutsche Text.",
        '"{text}" names other placeholders than the German text.',
    ),
}

FORMS: Final[Words] = {
    "double_form": ("Ein Formular mit dieser ID gibt es schon in {other}.", "{other} has a form with this id already."),
    "form_not_json": (
        "Die Datei ist kein gültiges JSON (Zeile {line}, Spalte {column}).",
        "The file is not valid JSON (line {line}, column {column}).",
    ),
    "form_not_a_form": ("Die Datei ist kein Formular.", "The file is no form."),
    "form_schema_too_large": ("Das Formular ist größer als {max}.", "The form is larger than {max}."),
    "form_form_without_id": ("Dem Formular fehlt eine ID.", "The form has no id."),
    "form_too_deep": ("Gruppen sind tiefer als {max} Ebenen verschachtelt.", "Groups are nested deeper than {max}."),
    "form_too_many_fields": ("Das Formular hat mehr als {max} Felder.", "The form has more than {max} fields."),
    "form_not_a_component": ("Das ist kein Formularfeld.", "This is no form field."),
    "form_unknown_kind": ("Felder der Art „{kind}“ gibt es nicht.", 'There are no fields of kind "{kind}".'),
    "form_duplicate_key": ("Den Schlüssel gibt es zweimal.", "The key exists twice."),
    "form_unusable_key": (
        "„{key}“ ist kein Schlüssel. Verwenden Sie Buchstaben, Ziffern und Unterstrich.",
        '"{key}" is no key. Use letters, digits and underscores.',
    ),
    "form_unusable_setting": ("Die Einstellung „{setting}“ ist ungültig.", 'The setting "{setting}" is not valid.'),
    "form_unusable_pattern": (
        "Das Muster „{pattern}“ ist kein gültiger regulärer Ausdruck.",
        'The pattern "{pattern}" is no valid regular expression.',
    ),
    "form_pattern_too_costly": (
        "Das Muster „{pattern}“ ist zu aufwendig. Vereinfachen Sie es oder begrenzen Sie die Länge der Antwort.",
        'The pattern "{pattern}" is too costly. Simplify it or limit the length of the answer.',
    ),
    "form_unusable_option": ("Eine Auswahlmöglichkeit ist ungültig.", "An option is not valid."),
    "form_too_many_options": ("Es gibt mehr als {max} Auswahlmöglichkeiten.", "There are more than {max} options."),
    "form_no_options": ("Es fehlen die Auswahlmöglichkeiten.", "The options are missing."),
    "form_bounds_crossed": (
        "Bei „{label}“ ist der Mindestwert {min} größer als der Höchstwert {max}: Keine Zahl passt, niemand kann das "
        "Formular so absenden. Tauschen oder ändern Sie die Werte.",
        'For "{label}" the minimum {min} is larger than the maximum {max}: no number fits, nobody can send the form. '
        "Swap or change the values.",
    ),
    "form_lengths_crossed": (
        "„{label}“ verlangt mindestens {min} Zeichen und erlaubt höchstens {max}: Kein Text passt, niemand kann das "
        "Formular so absenden. Ändern Sie eine der Zahlen.",
        '"{label}" asks for at least {min} characters and allows {max}: no text fits, nobody can send the form. '
        "Change one of the numbers.",
    ),
    "form_required_without_options": (
        "„{label}“ muss ausgefüllt werden, hat aber nichts zur Auswahl: Niemand kann das Formular absenden. Ergänzen "
        "Sie Auswahlmöglichkeiten, oder machen Sie die Angabe freiwillig.",
        '"{label}" must be answered but offers no choice: nobody can send the form. Add options, or make it optional.',
    ),
    "form_without_options": (
        "„{label}“ hat nichts zur Auswahl. Ergänzen Sie Auswahlmöglichkeiten, oder entfernen Sie das Feld.",
        '"{label}" offers no choice. Add options, or remove the field.',
    ),
    "form_double_option": (
        "Bei „{label}“ gibt es den Wert „{value}“ mehrfach; nur die erste Möglichkeit erscheint. Geben Sie jeder einen "
        "eigenen Wert.",
        'For "{label}" the value "{value}" stands there more than once; only the first option shows. Give each a value '
        "of its own.",
    ),
    "form_nothing_to_fill": (
        "Die Liste „{label}“ braucht mindestens eine Zeile, hat aber kein Feld zum Ausfüllen: Niemand kann das "
        "Formular absenden. Legen Sie ein Feld in die Liste, oder machen Sie die Angabe freiwillig.",
        'The list "{label}" needs at least one row but has no field to fill in: nobody can send the form. '
        "Put a field into the list, or make it optional.",
    ),
    "required_but_read_only": (
        "„{label}“ muss ausgefüllt werden, ist aber nur zum Lesen: Niemand kann dort etwas eintragen, die Pflicht gilt "
        "nicht. Nehmen Sie eines von beiden weg.",
        '"{label}" must be answered but is read-only: nobody can enter anything, and it is not asked for. '
        "Remove one of the two.",
    ),
    "form_no_components": ("Die Gruppe hat keine Felder.", "The group has no fields."),
    "form_text_too_long": ("„{setting}“ ist länger als {max} Zeichen.", '"{setting}" is longer than {max} characters.'),
    "form_expression_without_equals": (
        "Der Ausdruck ({where}) muss mit = beginnen.",
        "The expression ({where}) must begin with =.",
    ),
    "form_not_feel": (
        "Der Ausdruck „{source}“ ({where}) ist kein gültiges FEEL. {explained}",
        'The expression "{source}" ({where}) is not valid FEEL. {explained}',
    ),
}
