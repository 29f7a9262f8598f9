"""The three marks of a page's text: blank line, ``## `` for a heading, ``- `` for a list item; all else is text."""

from itertools import groupby

from markupsafe import Markup, escape


def as_html(text: str) -> Markup:
    """The text as HTML, everything in it escaped."""
    blocks = (block.strip().splitlines() for block in text.replace("\r\n", "\n").split("\n\n"))
    return Markup("\n").join(part for lines in blocks if lines for part in _block(lines))


def _block(lines: list[str]) -> list[Markup]:
    parts = []
    for kind, run in groupby(lines, key=_kind):
        content = [line.removeprefix("## ").removeprefix("- ") for line in run]
        if kind == "heading":
            parts += [Markup("<h2>{}</h2>").format(line) for line in content]
        elif kind == "item":
            items = Markup().join(Markup("<li>{}</li>").format(line) for line in content)
            parts.append(Markup("<ul>{}</ul>").format(items))
        else:
            parts.append(Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in content)))
    return parts


def _kind(line: str) -> str:
    if line.startswith("## "):
        return "heading"
    return "item" if line.startswith("- ") else "text"
