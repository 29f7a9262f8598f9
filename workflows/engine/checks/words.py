"""The sentences for every code: what is wrong and what to do, in German and English."""

from typing import Final

from workflows.engine.checks.words_changes import CHANGES
from workflows.engine.checks.words_events import EVENTS
from workflows.engine.checks.words_files import BUNDLE, FORMS, Words
from workflows.engine.checks.words_scenarios import SCENARIOS

DIAGRAM: Final[Words] = {
    "not_xml": (
        "In Zeile {line} ist die Datei kein gültiges XML: {fault} Exportieren Sie sie neu aus dem Werkzeug, "
        "aus dem sie stammt.",
        "In line {line} the file is not valid XML: {fault} Export it again from the tool it came from.",
    ),
    "too_large": ("Die Datei ist größer als {most}.", "The file is larger than {most}."),
    "document_type": (
        "Die Datei enthält einen DOCTYPE. Das ist aus Sicherheitsgründen nicht erlaubt.",
        "The file has a DOCTYPE, which is not allowed for safety.",
    ),
    "no_process": ("Die Datei enthält keinen Ablauf.", "The file contains no process."),
    "duplicate_process": ("Den Ablauf „{process}“ gibt es zweimal.", 'The process "{process}" exists twice.'),
    "too_many_elements": (
        "Das Diagramm hat mehr als {max} Elemente. Teilen Sie es in mehrere Abläufe.",
        "The diagram has more than {max} elements. Divide it into several processes.",
    ),
    "process_id_differs": (
        "Der Ablauf muss die ID „{expected}“ haben wie sein Ordner (gefunden: {found}).",
        'The process must have the id "{expected}" like its folder (found: {found}).',
    ),
    "not_executable": (
        "Der Ablauf ist nicht als ausführbar markiert. Setzen Sie das Häkchen „Executable“.",
        'The process is not marked as executable. Tick "Executable".',
    ),
    "several_executable": (
        "Nur „{expected}“ wird gestartet; dieser Ablauf wird von niemandem aufgerufen.",
        'Only "{expected}" is started; nobody calls this process.',
    ),
    "duplicate_id": ("Diese ID kommt mehrfach vor.", "This id occurs more than once."),
    "without_id": ("Ein Element ({tag}) hat keine ID.", "An element ({tag}) has no id."),
    "id_too_long": ("Die ID ist länger als {max} Zeichen.", "The id is longer than {max} characters."),
    "without_start": ("Es fehlt ein Startereignis.", "A start event is missing."),
    "several_none_starts": (
        "Es gibt mehrere einfache Startereignisse. Behalten Sie eines.",
        "There are several plain start events. Keep one.",
    ),
    "subprocess_start": (
        "Ein Teilprozess braucht genau ein einfaches Startereignis.",
        "A subprocess needs exactly one plain start event.",
    ),
    "without_end": ("Es fehlt ein Endereignis.", "An end event is missing."),
    "unreachable": ("Kein Weg führt hierher.", "No way leads here."),
    "dead_end": (
        "Von hier geht es nicht weiter. Zeichnen Sie den Weg bis zu einem Endereignis.",
        "There is no way on from here. Draw the way to an end event.",
    ),
    "never_ends": (
        "Von hier aus wird kein Ende mehr erreicht.",
        "From here no end can be reached any more.",
    ),
    "endless_loop": (
        "Hier läuft der Ablauf ohne Ende im Kreis: Es wartet niemand, und kein Weg führt hinaus.",
        "Here the process turns in circles for ever: nobody waits and no way leads out.",
    ),
    "automatic_loop": (
        "Dieser Kreis wartet auf niemanden. Stellen Sie sicher, dass er nach wenigen Runden verlassen wird.",
        "This loop waits for nobody. Make sure that it is left after a few turns.",
    ),
    "calls_itself": (
        "Der aufgerufene Ablauf „{process}“ ruft sich selbst wieder auf.",
        'The called process "{process}" calls itself again.',
    ),
    "flow_without_end": (
        "Der Pfeil beginnt oder endet an etwas, das es nicht gibt („{source}“ nach „{target}“).",
        'The flow begins or ends at something that does not exist ("{source}" to "{target}").',
    ),
    "flow_after_end": ("Nach einem Endereignis geht es nicht weiter.", "Nothing follows an end event."),
    "flow_into_event": (
        "In ein Start- oder Randereignis führt kein Pfeil.",
        "No flow leads into a start or boundary event.",
    ),
    "condition_without_gateway": (
        "Bedingungen stehen nur an Pfeilen, die von einem Gateway ausgehen.",
        "Conditions belong to flows that leave a gateway.",
    ),
    "attached_to_nothing": (
        "Das Randereignis hängt an nichts. Ziehen Sie es auf eine Aufgabe.",
        "The boundary event is attached to nothing. Drag it onto a task.",
    ),
    "event_gateway_target": (
        "Nach einem ereignisbasierten Gateway folgen nur Warteereignisse oder Empfangsaufgaben, nicht „{target}“.",
        'Only catching events or receive tasks follow an event-based gateway, not "{target}".',
    ),
    "event_gateway_single": (
        "Ein ereignisbasiertes Gateway braucht mindestens zwei Wege.",
        "An event-based gateway needs at least two ways.",
    ),
    "gateway_without_default": (
        "Trifft keine Bedingung zu, bleibt der Vorgang hier stehen. Machen Sie einen Pfeil zum Standardfluss.",
        "If no condition holds the case is stuck here. Make one flow the default flow.",
    ),
    "flow_without_condition": (
        "An diesem Pfeil aus „{gateway}“ fehlt die Bedingung.",
        'This flow from "{gateway}" has no condition.',
    ),
    "default_with_condition": (
        "Der Standardfluss aus „{gateway}“ hat eine Bedingung; sie wird nicht beachtet.",
        'The default flow from "{gateway}" has a condition; it is ignored.',
    ),
    "unknown_default": (
        "Der Standardfluss „{flow}“ geht nicht von hier aus.",
        'The default flow "{flow}" does not leave from here.',
    ),
    "join_for_one": (
        "Hier wird auf alle Wege gewartet, aber „{fork}“ nimmt nur einen: Der Vorgang bleibt stehen. "
        "Führen Sie die Wege mit einem exklusiven Gateway zusammen.",
        'All ways are awaited here, but "{fork}" takes only one: the case gets stuck. '
        "Join the ways with an exclusive gateway.",
    ),
    "join_for_some": (
        "Hier wird auf alle Wege gewartet, aber „{fork}“ nimmt vielleicht nicht alle: Der Vorgang kann stehen bleiben. "
        "Führen Sie die Wege mit einem inklusiven Gateway zusammen.",
        'All ways are awaited here, but "{fork}" may not take all: the case can get stuck. '
        "Join the ways with an inclusive gateway.",
    ),
    "join_behind_itself": (
        "Hier wird auf einen Weg gewartet, der erst von hier ausgeht: Der Vorgang bleibt stehen. "
        "Nehmen Sie für den Rückweg ein exklusives Gateway.",
        "A way is awaited here that only begins here: the case gets stuck. Use an exclusive gateway for the way back.",
    ),
    "too_parallel": (
        "Ab hier entstehen mehr als {max} Schritte gleichzeitig, weil sich Wege teilen und nie wieder treffen. "
        "Führen Sie parallele Wege wieder zusammen.",
        "From here more than {max} steps are open at once, because ways part and never meet. Join parallel ways.",
    ),
    "implicit_fork": (
        "Von hier gehen {ways} Pfeile aus: Alle werden zugleich gegangen. Zeichnen Sie dafür ein paralleles Gateway.",
        "{ways} flows leave from here: all are taken at once. Draw a parallel gateway for that.",
    ),
    "branches_not_joined": (
        "Die parallelen Wege aus „{fork}“ treffen sich hier ohne paralleles Gateway: Was folgt, geschieht mehrfach.",
        'The parallel ways from "{fork}" meet here without a parallel gateway: what follows happens several times.',
    ),
    "unsupported_element": (
        "Das Element „{tag}“ wird nicht ausgeführt. Verwenden Sie eine der Aufgaben aus der Palette.",
        'The element "{tag}" is not run. Use one of the tasks of the palette.',
    ),
    "unsupported_event": (
        "Ein Ereignis der Art „{trigger}“ ist hier nicht möglich. Möglich sind Nachricht, Zeit, Fehler, Eskalation.",
        'An event of kind "{trigger}" is not possible here. Use message, timer, error or escalation.',
    ),
    "several_triggers": ("Ein Ereignis hat nur einen Auslöser.", "An event has only one trigger."),
    "event_subprocess": (
        "Ereignis-Teilprozesse werden nicht ausgeführt. Setzen Sie ein Randereignis an den Teilprozess mit der Arbeit.",
        "Event subprocesses are not run. Put a boundary event on the subprocess that holds the work.",
    ),
    "compensation": (
        "Kompensation wird nicht ausgeführt. Zeichnen Sie den Rückweg als gewöhnlichen Weg.",
        "Compensation is not run. Draw the way back as an ordinary way.",
    ),
    "standard_loop": (
        "Die Schleifenmarkierung wird nicht ausgeführt. Zeichnen Sie die Schleife mit einem Gateway.",
        "The loop marker is not run. Draw the loop with a gateway.",
    ),
    "loop_without_collection": (
        "Die Mehrfachausführung braucht eine Liste („Input collection“).",
        'The multi-instance marker needs a list ("Input collection").',
    ),
    "loop_cardinality": (
        "Eine Anzahl („loopCardinality“) wird nicht gelesen. Geben Sie eine Liste an („Input collection“).",
        'A number ("loopCardinality") is not read. Give a list ("Input collection").',
    ),
    "error_must_interrupt": ("Ein Fehlerereignis unterbricht immer.", "An error event always interrupts."),
}

REFERENCES: Final[Words] = {
    "unknown_form": (
        "Das Formular „{form}“ fehlt im Bündel.",
        'The form "{form}" is missing in the bundle.',
    ),
    "unknown_decision": (
        "Die Entscheidung „{decision}“ fehlt im Bündel.",
        'The decision "{decision}" is missing in the bundle.',
    ),
    "without_decision": ("Es fehlt, welche Entscheidung gilt.", "It is not said which decision applies."),
    "without_operator": (
        "Es fehlt, was hier geschehen soll (Operator unter „Task definition: Type“).",
        'It is not said what shall happen here (operator in "Task definition: Type").',
    ),
    "unknown_operator": ("Den Operator „{operator}“ gibt es nicht.", 'There is no operator "{operator}".'),
    "missing_parameter": (
        "Hier fehlt noch „{label}“. Ohne diese Angabe kann „{title}“ nicht laufen ({operator}: {parameter}).",
        '"{label}" is still missing here. Without it "{title}" cannot run ({operator}: {parameter}).',
    ),
    "unknown_parameter": (
        "„{title}“ ({operator}) kennt die Eingabe „{parameter}“ nicht.",
        '"{title}" ({operator}) does not know the input "{parameter}".',
    ),
    "unknown_text": (
        "Den Text „{text}“ gibt es nicht. Legen Sie texts/{text}.de.txt an.",
        'There is no text "{text}". Add texts/{text}.de.txt.',
    ),
    "unknown_choice": (
        "„{value}“ ist bei „{label}“ nicht möglich. Wählen Sie einen Eintrag der Liste: {choices}.",
        '"{value}" is not possible for "{label}". Choose an entry of the list: {choices}.',
    ),
    "unknown_code_list": ("Die Werteliste „{list}“ gibt es nicht.", 'There is no code list "{list}".'),
    "four_eyes_of_nothing": (
        "„fourEyes“ nennt „{task}“; das ist keine andere Benutzeraufgabe dieses Ablaufs. Nennen Sie ihre ID.",
        '"fourEyes" names "{task}", which is no other user task of this process. Give its id.',
    ),
    "unknown_group": ("Die Gruppe „{group}“ gibt es nicht.", 'There is no group "{group}".'),
    "lane_without_group": (
        "Zur Bahn „{lane}“ gibt es keine Gruppe ({group}). Die ID der Bahn nennt die Gruppe.",
        'There is no group ({group}) for the lane "{lane}". The lane\'s id names the group.',
    ),
    "task_without_group": (
        "Niemand ist für diese Aufgabe zuständig. Legen Sie sie in eine Bahn oder geben Sie eine Gruppe an.",
        "Nobody is responsible for this task. Put it into a lane or give a group.",
    ),
    "task_without_name": (
        "Die Aufgabe hat keinen Namen; im Aufgabenkorb steht nur ihre ID.",
        "The task has no name; the inbox shows only its id.",
    ),
    "unknown_message": ("Die Nachricht „{message}“ gibt es nicht.", 'There is no message "{message}".'),
    "message_without_name": ("Die Nachricht hat keinen Namen.", "The message has no name."),
    "message_without_key": (
        "Der Nachricht „{message}“ fehlt der Korrelationsschlüssel: Niemand weiß, für welchen Vorgang sie ist.",
        'The message "{message}" has no correlation key: nobody knows which case it is for.',
    ),
    "nothing_to_send": ("Es fehlt, welche Nachricht gesendet wird.", "It is not said which message is sent."),
    "without_code": ("Dem Fehler oder der Eskalation fehlt der Code.", "The error or escalation has no code."),
    "unknown_code": (
        "Den Fehler oder die Eskalation „{reference}“ gibt es nicht.",
        'There is no error or escalation "{reference}".',
    ),
    "without_called_process": ("Es fehlt, welcher Ablauf aufgerufen wird.", "It is not said which process is called."),
    "unknown_called_process": (
        "Der aufgerufene Ablauf „{process}“ fehlt im Bündel.",
        'The called process "{process}" is missing in the bundle.',
    ),
    "never_written": (
        "„{variable}“ ({place}) wird gelesen, aber nirgends gesetzt.{stops}{similar} Berichtigen Sie den Namen, oder "
        "fragen Sie die Angabe in einem Schritt davor ab.",
        '"{variable}" ({place}) is read but never set.{stops}{similar} Correct the name, or let a step before ask '
        "for it.",
    ),
    "only_emptied": (
        "„{variable}“ ({place}) wird gelesen, aber überall nur geleert (=null): Es ist immer leer. Fragen Sie die "
        "Angabe in einem Schritt davor ab, oder nehmen Sie heraus, was nach ihr fragt.",
        '"{variable}" ({place}) is read, but everywhere only emptied (=null): it is always empty. Let a step before '
        "ask for it, or remove what reads it.",
    ),
    "written_later": (
        "„{variable}“ ({place}) wird hier gelesen, aber erst später gesetzt: „{writer}“ kommt danach.{stops} "
        "Ändern Sie die Reihenfolge, oder setzen Sie die Angabe in einem Schritt davor.",
        '"{variable}" ({place}) is read here but set only later: "{writer}" comes after it.{stops} '
        "Change the order, or set it in a step before.",
    ),
    "hidden_by_entry": (
        "Nach dem Eintrag „{variable}“ in { } ist mit „{variable}“ er gemeint, nicht mehr die Angabe des Vorgangs. "
        "Geben Sie dem Eintrag einen anderen Namen.",
        'After the entry "{variable}" in { } the name "{variable}" means the entry and no longer what the case holds. '
        "Give the entry another name.",
    ),
    "parallel_writes": (
        "Parallele Wege setzen beide „{variable}“ („{first}“ und „{second}“): Der letzte gewinnt.",
        'Parallel ways both set "{variable}" ("{first}" and "{second}"): the last one wins.',
    ),
}

EXPRESSIONS: Final[Words] = {
    "not_feel": (
        "Der Ausdruck „{source}“ ({place}) ist kein gültiges FEEL. {explained}",
        'The expression "{source}" ({place}) is not valid FEEL. {explained}',
    ),
    "unknown_function": (
        "Die Funktion „{function}“ gibt es nicht ({place}).",
        'There is no function "{function}" ({place}).',
    ),
    "expression_missing": (
        "„{source}“ ({place}) muss ein Ausdruck sein und mit = beginnen.",
        '"{source}" ({place}) must be an expression and begin with =.',
    ),
    "expression_too_costly": (
        "Der Ausdruck „{source}“ ({place}) ist zu aufwendig.",
        'The expression "{source}" ({place}) is too costly.',
    ),
    "expression_without_value": (
        "Der Ausdruck „{source}“ ({place}) ergibt nie einen Wert. {explained}",
        'The expression "{source}" ({place}) never has a value. {explained}',
    ),
    "condition_not_boolean": (
        "Die Bedingung „{source}“ ergibt nicht ja oder nein.",
        'The condition "{source}" does not yield true or false.',
    ),
    "not_a_time": (
        "„{source}“ ({place}) ist keine Zeitangabe. Beispiele: {examples}.",
        '"{source}" ({place}) is no time. Examples: {examples}.',
    ),
    "time_negative": (
        "„{source}“ ({place}) liegt in der Vergangenheit: Die Frist wäre um, sobald sie beginnt. Nehmen Sie das Minus "
        "weg.",
        '"{source}" ({place}) lies in the past: the deadline would be over as soon as it begins. Remove the minus.',
    ),
    "not_a_person": (
        "„{source}“ ist keine zuständige Person: Der Vorgang bliebe hier stehen. Tragen Sie die Nummer eines Kontos "
        "ein, einen Ausdruck mit =, oder geben Sie die Aufgabe einer Gruppe.",
        '"{source}" is no assignee: the case would stand still here. Enter the number of an account, an expression '
        "with =, or give the task to a group.",
    ),
    "value_unfit": (
        "„{source}“ ({place}) passt nicht zu dem, was gefragt wird: Mit {example} kommt nichts Brauchbares heraus, und "
        'der Vorgang bliebe hier stehen. Vergleichen Sie Gleiches mit Gleichem (Zahlen ohne, Texte mit "…"), oder '
        "ändern Sie die Art des Feldes.",
        '"{source}" ({place}) does not fit what is asked: with {example} nothing usable comes out, and the case would '
        'stand still here. Compare like with like (numbers without, texts with "…"), or change the kind of the field.',
    ),
    "may_be_empty": (
        "„{variable}“ darf leer bleiben. Dann kommt bei „{source}“ ({place}) kein Wert heraus, und der Vorgang bliebe "
        "hier stehen. Schreiben Sie {way}, oder machen Sie die Angabe im Formular zur Pflicht.",
        '"{variable}" may be left empty. Then "{source}" ({place}) has no value, and the case would stand still here. '
        "Write {way}, or make the answer required in the form.",
    ),
    "timer_without_time": ("Dem Zeitereignis fehlt die Zeit.", "The timer has no time."),
    "priority_out_of_range": (
        "Die Dringlichkeit „{source}“ ist keine Zahl von 0 bis 100.",
        'The priority "{source}" is no number from 0 to 100.',
    ),
    "unusable_target": (
        "„{target}“ ist kein Variablenname.",
        '"{target}" is no name of a variable.',
    ),
    "script_without_feel": (
        "Das Skript fehlt oder ist nicht in FEEL. Verwenden Sie „FEEL expression“.",
        'The script is missing or not FEEL. Use "FEEL expression".',
    ),
    "foreign_script": (
        "Ein Skript in einer Programmiersprache ({language}) wird nie ausgeführt. Verwenden Sie FEEL.",
        "A script in a programming language ({language}) is never run. Use FEEL.",
    ),
    "foreign_language": (
        "Ausdrücke in „{language}“ werden nicht ausgewertet. Verwenden Sie FEEL.",
        'Expressions in "{language}" are not evaluated. Use FEEL.',
    ),
    "foreign_code": (
        "„camunda:{extension}“ würde Programmcode ausführen und ist nicht erlaubt. Entfernen Sie es.",
        '"camunda:{extension}" would run program code and is not allowed. Remove it.',
    ),
    "python_extension": (
        "„spiffworkflow:{extension}“ würde Python ausführen und ist nicht erlaubt. Entfernen Sie es.",
        '"spiffworkflow:{extension}" would run Python and is not allowed. Remove it.',
    ),
    "runs_otherwise": (
        "„{setting}“ ist hier „{value}“. Das wird nicht ausgeführt, der Vorgang liefe anders als gemeint. Nehmen Sie "
        "die Einstellung weg, und zeichnen Sie es mit Gateways.",
        '"{setting}" is "{value}" here. That is not run, the case would go otherwise than meant. Take the setting '
        "away, and draw it with gateways.",
    ),
    "extension_ignored": ("„{extension}“ wird nicht beachtet.", '"{extension}" is ignored.'),
    "element_ignored": (
        "„{element}“ ist nur Zeichnung und wird nicht beachtet.",
        '"{element}" is drawing only and ignored.',
    ),
    "decision_not_feel": (
        "Der Ausdruck „{source}“ ist kein gültiges FEEL. {explained}",
        'The expression "{source}" is not valid FEEL. {explained}',
    ),
    "double_decision": ("Die Entscheidung gibt es zweimal.", "The decision exists twice."),
}


WORDS: Final[Words] = {**BUNDLE, **DIAGRAM, **REFERENCES, **EXPRESSIONS, **FORMS, **SCENARIOS, **EVENTS, **CHANGES}

PLACES: Final[Words] = {
    "condition": ("Bedingung", "condition"),
    "input": ("Eingabe", "input"),
    "output": ("Ausgabe", "output"),
    "script": ("Skript", "script"),
    "timer_date": ("Zeitpunkt", "timer date"),
    "timer_duration": ("Dauer", "timer duration"),
    "timer_cycle": ("Wiederholung", "timer cycle"),
    "correlation_key": ("Korrelationsschlüssel", "correlation key"),
    "message_name": ("Name der Nachricht", "message name"),
    "assignee": ("zuständige Person", "assignee"),
    "candidate_groups": ("zuständige Gruppe", "candidate groups"),
    "only_for": ("wer allein darf (onlyFor)", "who alone may (onlyFor)"),
    "due_date": ("Frist", "due date"),
    "follow_up_date": ("Wiedervorlage", "follow-up date"),
    "priority": ("Dringlichkeit", "priority"),
    "collection": ("Liste", "collection"),
    "output_element": ("Ergebnis je Eintrag", "output element"),
    "completion_condition": ("Abschlussbedingung", "completion condition"),
    "hide": ("Ausblenden, wenn", "hide if"),
    "valuesExpression": ("Auswahlmöglichkeiten", "options"),
    "default": ("Vorgabe", "default"),
    "min": ("Mindestwert", "minimum"),
    "max": ("Höchstwert", "maximum"),
    "text": ("Platzhalter im Text", "placeholder in the text"),
}
