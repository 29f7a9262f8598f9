"""What is wrong with a file that is no XML, so that it can be said in words: the line and the kind of mistake."""

from collections.abc import Mapping

from lxml import etree

_FAULTS: Mapping[int | None, str] = {
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: "tag",
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: "tag",
    etree.ErrorTypes.ERR_GT_REQUIRED: "tag",
    etree.ErrorTypes.ERR_LTSLASH_REQUIRED: "tag",
    etree.ErrorTypes.ERR_NAME_REQUIRED: "tag",
    etree.ErrorTypes.ERR_ATTRIBUTE_NOT_STARTED: "attribute",
    etree.ErrorTypes.ERR_ATTRIBUTE_NOT_FINISHED: "attribute",
    etree.ErrorTypes.ERR_ATTRIBUTE_WITHOUT_VALUE: "attribute",
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED: "attribute",
    etree.ErrorTypes.ERR_LT_IN_ATTRIBUTE: "attribute",
    etree.ErrorTypes.ERR_SPACE_REQUIRED: "attribute",
    etree.ErrorTypes.ERR_EQUAL_REQUIRED: "attribute",
    etree.ErrorTypes.ERR_INVALID_CHAR: "character",
    etree.ErrorTypes.ERR_INVALID_ENCODING: "character",
    etree.ErrorTypes.ERR_UNKNOWN_ENCODING: "character",
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING: "character",
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: "reference",
    etree.ErrorTypes.ERR_ENTITYREF_SEMICOL_MISSING: "reference",
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: "prefix",
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: "empty",
    etree.ErrorTypes.ERR_DOCUMENT_END: "end",
}
_WORDS = {
    "tag": ("Ein Element ist nicht richtig geschlossen.", "An element is not closed properly."),
    "attribute": (
        "Eine Angabe in einem Element ist nicht richtig geschrieben, zum Beispiel fehlt ein Anführungszeichen.",
        "An attribute of an element is not written properly, for example a quotation mark is missing.",
    ),
    "character": (
        "Ein Zeichen ist nicht erlaubt oder anders gespeichert, als die Datei sagt.",
        "A character is not allowed or saved in another encoding than the file says.",
    ),
    "reference": (
        "Nach einem & steht etwas Unbekanntes; das Zeichen selbst schreibt man &amp;.",
        "Something unknown follows an &; the character itself is written &amp;.",
    ),
    "prefix": ("Ein Präfix ist nirgends erklärt.", "A prefix is declared nowhere."),
    "empty": ("Dort beginnt kein XML.", "No XML begins there."),
    "end": ("Sie ist vorher zu Ende oder danach steht noch etwas.", "It ends before, or something follows after it."),
    "other": ("Sie ist beschädigt oder zu tief verschachtelt.", "It is damaged or nested too deeply."),
}


def facts(error: Exception) -> dict[str, str]:
    """The ``line`` (from 1) and the ``fault``, a name that ``words`` knows, of what a parser raised."""
    if not isinstance(error, etree.XMLSyntaxError):
        return {"line": "1", "fault": "character"}
    return {"line": str(error.lineno or 1), "fault": _FAULTS.get(getattr(error, "code", None), "other")}


def words(fault: str, column: int) -> str:
    """What is wrong, in German (column 0) or English (1)."""
    return _WORDS.get(fault, _WORDS["other"])[column]
