"""The texts that steps fill: each placeholder stands for something, and a link is made where a text shows one."""

from collections.abc import Iterator

from workflows.core.errors import LotseError
from workflows.core.mail_format import MARKER
from workflows.core.texts import placeholders
from workflows.engine.catalogue import Operator
from workflows.engine.checks.examined import Examined
from workflows.engine.checks.variables import known_variables, similar_name
from workflows.engine.dialect import Element
from workflows.engine.expressions import is_expression
from workflows.engine.findings import Finding
from workflows.feel import FeelSyntaxError, compile_expression

#: The parameters of an operator that fills texts: further values to look up, and what the text's link leads to.
VALUES, LINK = "values", "link"
NO_LINK = {None, "", "none"}


def check_texts(examined: Examined) -> Iterator[Finding]:
    """Placeholders nobody gives a value for, and links nobody makes: the step would be stuck."""
    variables = known_variables(examined)
    for element in examined.parsed.elements.values():
        operator = examined.catalogue.operators.get(element.operator or "")
        if operator is None:
            continue
        for name in sorted(_named(examined, element, operator)):
            yield from _link(examined, element, operator, name)
            yield from _placeholders(examined, element, name, variables)


def _named(examined: Examined, element: Element, operator: Operator) -> set[str]:
    """The texts a step may send: the one it names, or each one that stands in the expression it chooses by."""
    naming = {parameter.name for parameter in operator.parameters if parameter.is_text}
    found: set[str] = set()
    for each in element.inputs:
        if each.target in naming and is_expression(each.source):
            found |= set(each.source.split('"')[1::2])
        elif each.target in naming:
            found.add(each.source)
    return found & {name for name, _ in examined.content.texts}


def _versions(examined: Examined, name: str) -> Iterator[tuple[str, str]]:
    """Language and words of a text, German first."""
    found = {language: text for (own, language), text in examined.content.texts.items() if own == name}
    for language in sorted(found, key=lambda code: (code != "de", code)):
        yield language, found[language]


def _link(examined: Examined, element: Element, operator: Operator, name: str) -> Iterator[Finding]:
    sources = [each.source for each in element.inputs if each.target == LINK]
    given = [source for source in sources if is_expression(source) or source not in NO_LINK]
    if not given and any(MARKER in text for _, text in _versions(examined, name)):
        code = "link_not_given" if any(each.name == LINK for each in operator.parameters) else "link_impossible"
        yield examined.error(element.id, code, text=name, parameter=LINK)


def _placeholders(examined: Examined, element: Element, name: str, variables: set[str]) -> Iterator[Finding]:
    standing = examined.catalogue.placeholders_of(examined.bundle.key)
    given = _given(examined, element)
    if standing is None or given is None:
        return
    told: set[str] = set()
    for language, text in _versions(examined, name):
        for path in _looked_up(text):
            if path in told or path.partition(".")[0] in given or path in standing:
                continue
            told.add(path)
            code = "placeholder_not_given" if path in variables else "unknown_placeholder"
            facts = {"text": name, "language": language, "placeholder": path, "parameter": VALUES}
            yield examined.error(element.id, code, similar=similar_name(path, given | standing), **facts)


def _given(examined: Examined, element: Element) -> set[str] | None:
    """The names a step gives to its text; None when only the running case knows them."""
    names: set[str] = set()
    for each in element.inputs:
        holder, _, inner = each.target.partition(".")
        if holder != VALUES:
            continue
        if inner:
            names.add(inner.partition(".")[0])
            continue
        entries = _entries(examined, each.source)
        if entries is None:
            return None
        names |= entries
    return names


def _entries(examined: Examined, source: str) -> frozenset[str] | None:
    if not is_expression(source):
        return None
    try:
        return compile_expression(source.strip().removeprefix("="), (), examined.functions).entries
    except FeelSyntaxError:
        return None


def _looked_up(text: str) -> list[str]:
    try:
        return placeholders(text)
    except LotseError:
        return []  # a fault of the text, told with its file
