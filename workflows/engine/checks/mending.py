"""Findings with one obvious answer, and that answer: nothing here guesses what somebody meant."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue
from workflows.engine.checks.mending_tables import TABLE_CODES, mend_table
from workflows.engine.content import Content, read_content
from workflows.engine.dialect.xml import BPMN, ZEEBE, Node
from workflows.engine.editing import drawing, tree
from workflows.engine.findings import Finding
from workflows.engine.office_functions import OFFICE_FUNCTIONS

NEAR = 0.8
"""How alike two names must be for one to be the other mistyped."""

DECIDING = {"exclusiveGateway", "inclusiveGateway"}
WAITS = dict.fromkeys(("userTask", "manualTask"), "Aufgabe")

Mender = Callable[["_Work"], bool]


class _Work:
    """A diagram being mended: its tree, the element of the finding, and what it may name."""

    def __init__(self, bundle: Bundle, catalogue: Catalogue, finding: Finding) -> None:
        self.bundle, self.catalogue, self.finding = bundle, catalogue, finding
        self.root = tree.opened(bundle.files[finding.file])
        self.element = tree.node(self.root, finding.element)

    @property
    def content(self) -> Content:
        """Forms, decisions and texts of the bundle."""
        return read_content(self.bundle, {**OFFICE_FUNCTIONS, **self.catalogue.functions})

    @property
    def here(self) -> Node:
        """The element; mending begins only where there is one."""
        if self.element is None:
            raise LookupError(self.finding.element)
        return self.element


def mend(bundle: Bundle, catalogue: Catalogue, finding: Finding) -> Mapping[str, bytes] | None:
    """The files that change when a finding is mended, None where somebody has to decide."""
    if finding.file not in bundle.files:
        return None
    if finding.code in TABLE_CODES:
        mended = mend_table(bundle.files[finding.file], finding)
        return {finding.file: mended} if mended is not None else None
    mender = MENDERS.get(finding.code)
    if mender is None or not finding.file.endswith(".bpmn"):
        return None
    work = _Work(bundle, catalogue, finding)
    if work.element is None or not mender(work):
        return None
    return {finding.file: tree.written(work.root)}


def _near(wanted: str, known: Iterable[str]) -> str | None:
    """The one known name that is nearly the wanted one."""
    found = get_close_matches(wanted, sorted(known), 2, NEAR)
    return found[0] if len(found) == 1 else None


def _extension(name: str, attribute: str, fact: str, known: Callable[[_Work], Iterable[str]]) -> Mender:
    def repair(work: _Work) -> bool:
        wanted = _near(str(work.finding.facts.get(fact, "")), known(work))
        if wanted is not None:
            tree.set_extension(work.here, name, attribute, wanted)
        return wanted is not None

    return repair


def _group(work: _Work) -> bool:
    """A group that is nearly one of the house's, also where its key was written without its kind."""
    wanted = str(work.finding.facts.get("group", ""))
    groups = [each for each in work.catalogue.groups if each.startswith("group:")]
    found = f"group:{wanted}" if f"group:{wanted}" in groups else _near(wanted, groups)
    if found is not None:
        tree.set_extension(work.here, "assignmentDefinition", "candidateGroups", found)
    return found is not None


def _text(work: _Work) -> bool:
    wanted = _near(str(work.finding.facts.get("text", "")), {name for name, _ in work.content.texts})
    if wanted is not None:
        tree.set_input(work.here, "text", wanted)
    return wanted is not None


def _placeholder(work: _Work) -> bool:
    """What the process knows and the text names is given to it, beside what the step gives already."""
    name = str(work.finding.facts.get("placeholder", ""))
    inputs = {each.get("target") or "": each.get("source") or "" for each in work.here.iter(f"{ZEEBE}input")}
    written = inputs.get("values", "").strip()
    if any(target.startswith("values.") for target in inputs):
        tree.set_input(work.here, f"values.{name}", f"={name}")
    elif written in {"", "={}"}:
        tree.set_input(work.here, "values", f"={{{name}: {name}}}")
    elif written.endswith("}"):
        tree.set_input(work.here, "values", f"{written[:-1].rstrip()}, {name}: {name}}}")
    return True


def _default(work: _Work) -> bool:
    """The only way without a condition is meant for everything else; of several, nobody can say."""
    plain = [each for each in tree.flows_from(work.root, work.finding.element) if not _has_condition(each)]
    if len(plain) != 1:
        return False
    work.here.set("default", plain[0].get("id") or "")
    return True


def _missing_condition(work: _Work) -> bool:
    """Where nothing is the default yet and only this way says nothing, it is the default."""
    source = tree.node(work.root, work.here.get("sourceRef") or "")
    if source is None or source.get("default"):
        return False
    plain = [each for each in tree.flows_from(work.root, source.get("id") or "") if not _has_condition(each)]
    if plain != [work.here]:
        return False
    source.set("default", work.finding.element)
    return True


def _has_condition(flow: Node) -> bool:
    condition = flow.find(f"{BPMN}conditionExpression")
    return condition is not None and bool((condition.text or "").strip())


def _unknown_default(work: _Work) -> bool:
    work.here.attrib.pop("default", "")
    if tree.local(work.here) in DECIDING and len(tree.flows_from(work.root, work.finding.element)) > 1:
        _default(work)
    return True


def _drop_condition(work: _Work) -> bool:
    """The condition of a default way, or of one that leaves no gateway, is never looked at."""
    condition = work.here.find(f"{BPMN}conditionExpression")
    if condition is None:
        return False
    work.here.remove(condition)
    return True


def _name_from_form(work: _Work) -> bool:
    """A task without a name gets the plainest one; its owner will find a better."""
    label = WAITS.get(tree.local(work.here))
    if label is None:
        return False
    work.here.set("name", label)
    return True


def _dead_end(work: _Work) -> bool:
    """A way that stops gets an end event; a gateway that leads nowhere is a question for its owner."""
    if tree.local(work.here).endswith("Gateway") or tree.local(work.here) == "endEvent":
        return False
    drawing.append_end(work.root, work.here)
    return True


def _time(work: _Work) -> bool:
    """A time in quotes, or a plain number of days, becomes what the clock reads."""
    source = str(work.finding.facts.get("source", ""))
    bare = source.strip().lstrip("=").strip().strip("\"'„“”").strip()
    if number := re.fullmatch(r"(\d{1,4})\s*(?:Werktage?n?|Arbeitstage?n?)", bare, re.IGNORECASE):
        wanted, place = f"=working days(today(), {number[1]})", "timeDate"
    elif number := re.fullmatch(r"(\d{1,4})\s*(?:Tage?n?|days?)", bare, re.IGNORECASE):
        wanted, place = f"P{number[1]}D", "timeDuration"
    elif re.fullmatch(r"R?\d*/?P(?=.)(\d+[YMWD])*(T(\d+[HMS])+)?|\d{4}-\d\d-\d\d", bare):
        wanted, place = bare, ""
    else:
        return False
    return _write_time(work, source, wanted, place)


def _write_time(work: _Work, source: str, wanted: str, place: str) -> bool:
    for name in ("timeDate", "timeDuration", "timeCycle"):
        found = work.here.find(f"{BPMN}timerEventDefinition/{BPMN}{name}")
        if found is not None and (found.text or "").strip() == source.strip():
            found.text = wanted
            if place and name != "timeCycle":
                found.tag = BPMN + place
            return True
    if place == "timeDuration":  # a task is due at the end of a day: working days is what offices count in
        return False
    schedule = tree.extension(work.here, "taskSchedule")
    for attribute in ("dueDate", "followUpDate"):
        if schedule is not None and schedule.get(attribute, "").strip() == source.strip():
            schedule.set(attribute, wanted)
            return True
    return False


def _once(work: _Work) -> bool:
    """A repetition that comes only once is its duration: it comes at the same moment."""
    for each in work.here.iter(f"{BPMN}timeCycle"):
        found = re.fullmatch(r"R\d*/(P[^/]+)", (each.text or "").strip())
        if found is not None:
            each.text, each.tag = found[1], f"{BPMN}timeDuration"
            return True
    return False


def _code_of_event(name: str) -> Mender:
    """The event gets the code that is nearly its own and is meant: what is thrown inside, or caught around."""

    def repair(work: _Work) -> bool:
        similar = work.finding.facts.get("similar")
        meant = [each for each in work.root.iter(f"{BPMN}{name}") if similar and each.get(f"{name}Code") == similar]
        definition = work.here.find(f"{BPMN}{name}EventDefinition")
        if definition is None or not meant:
            return False
        definition.set(f"{name}Ref", meant[0].get("id") or "")
        return True

    return repair


def _result_variable(work: _Work) -> bool:
    """A name that is read once and is nearly one that is set."""
    similar, name = str(work.finding.facts.get("similar", "")), str(work.finding.facts.get("variable", ""))
    if not similar:
        return False
    word = re.compile(rf"(?<![\w.\"]){re.escape(name)}(?![\w\"])")
    changed = 0
    for place in (work.here, *work.here.iter()):
        if isinstance(place.tag, str) and place.text and _is_expression(place):
            place.text, count = word.subn(similar, place.text)
            changed += count
        for attribute in ("source", "candidateGroups", "assignee", "dueDate", "followUpDate", "expression"):
            value = place.get(attribute) or ""
            if value.lstrip().startswith("="):
                value, count = word.subn(similar, value)
                place.set(attribute, value)
                changed += count
    return changed > 0


def _is_expression(place: Node) -> bool:
    return tree.local(place) == "conditionExpression" or (place.text or "").lstrip().startswith("=")


def _expression_missing(work: _Work) -> bool:
    """A list was named without the equals sign in front."""
    source = str(work.finding.facts.get("source", "")).strip()
    if not re.fullmatch(r"[A-Za-z_]\w*", source):
        return False
    for place in work.here.iter(f"{ZEEBE}loopCharacteristics"):
        for attribute in ("inputCollection", "outputElement"):
            if (place.get(attribute) or "").strip() == source:
                place.set(attribute, f"={source}")
                return True
    return False


def _drop_parameter(work: _Work) -> bool:
    """An input the operator does not know is either a known one mistyped, or nothing."""
    wanted = str(work.finding.facts.get("parameter", ""))
    operator = work.catalogue.operators.get(str(work.finding.facts.get("operator", "")))
    if operator is None:
        return False
    inputs = [each for each in work.here.iter(f"{ZEEBE}input") if (each.get("target") or "").split(".")[0] == wanted]
    given = {each.get("target") for each in work.here.iter(f"{ZEEBE}input")}
    known = _near(wanted, {each.name for each in operator.parameters} - given)
    for each in inputs:
        if known is not None:
            each.set("target", known)
        elif (parent := each.getparent()) is not None:
            parent.remove(each)
    return bool(inputs)


def _four_eyes(work: _Work) -> bool:
    wrong = str(work.finding.facts.get("task", ""))
    tasks = {each.get("id") or "" for each in work.root.iter(f"{BPMN}userTask")} - {work.finding.element}
    meant = _near(wrong, tasks)
    for each in work.here.iter(f"{ZEEBE}property"):
        if each.get("name") == "fourEyes":
            names = [name.strip() for name in (each.get("value") or "").split(",")]
            each.set("value", ",".join(filter(None, (meant if name == wrong else name for name in names))))
            return meant is not None
    return False


def _executable(work: _Work) -> bool:
    work.here.set("isExecutable", "true")
    return True


def _message_name(work: _Work) -> bool:
    for each in work.root.iter(f"{BPMN}message"):
        if each.get("id") == work.finding.facts.get("message") and not (each.get("name") or "").strip():
            each.set("name", each.get("id") or "")
            return True
    return False


MENDERS: Mapping[str, Mender] = {
    "unknown_form": _extension("formDefinition", "formId", "form", lambda work: work.content.forms),
    "unknown_decision": _extension("calledDecision", "decisionId", "decision", lambda work: work.content.decisions),
    "unknown_operator": _extension("taskDefinition", "type", "operator", lambda work: work.catalogue.operators),
    "unknown_group": _group,
    "unknown_text": _text,
    "placeholder_not_given": _placeholder,
    "gateway_without_default": _default,
    "flow_without_condition": _missing_condition,
    "unknown_default": _unknown_default,
    "default_with_condition": _drop_condition,
    "condition_without_gateway": _drop_condition,
    "task_without_name": _name_from_form,
    "dead_end": _dead_end,
    "not_a_time": _time,
    "never_written": _result_variable,
    "expression_missing": _expression_missing,
    "unknown_parameter": _drop_parameter,
    "four_eyes_of_nothing": _four_eyes,
    "not_executable": _executable,
    "message_without_name": _message_name,
    "cycle_once": _once,
    "escalation_never_comes": _code_of_event("escalation"),
    "error_caught_by_nobody": _code_of_event("error"),
}


def is_mendable(bundle: Bundle, catalogue: Catalogue, finding: Finding) -> bool:
    """Whether ``mend`` would change something."""
    return (finding.code in MENDERS or finding.code in TABLE_CODES) and mend(bundle, catalogue, finding) is not None
