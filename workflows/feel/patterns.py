"""Regular expressions as XPath writes them, run by RE2 in linear time (DMN 1.5 § 10.3.4.3, XPath functions 3.1 § 5.6).

Back references and look-around, which need exponential time in the worst case, are refused. What remains is charged:
linear in the text may still mean thousands of steps a character.
"""

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

import re2

from workflows.feel.errors import InvalidValue
from workflows.feel.runtime import Run

_LONGEST_PATTERN = 1_000
_MOST_MEMORY = 1024 * 1024
#: Steps for a pattern that turns out too large: finding that out takes longer than compiling most others.
_REFUSAL = 8_000
_GROUP = re.compile(r"\\([\\$])|\$(\d+)|([\\$])")
_PIECE = re.compile(r"\\.|.", re.DOTALL)
#: Letters and digits of every script, which RE2's own short forms do not know; `_` counts as elsewhere.
_LETTERS = r"\p{L}\p{M}\p{N}\p{S}_"
_ALONE = {r"\w": f"[{_LETTERS}]", r"\W": f"[^{_LETTERS}]", r"\d": r"\p{Nd}", r"\D": r"\P{Nd}"}
_IN_CLASS = {r"\w": _LETTERS, r"\W": r"\p{P}\p{Z}\p{C}", r"\d": r"\p{Nd}", r"\D": r"\P{Nd}"}


def pattern_for(run: Run, text: str, pattern: str, flags: str) -> Any:
    """Compile a pattern to be looked for in a text, and charge for both; raises ``InvalidValue`` for a wrong one."""
    run.spend(len(text) >> 4)
    compiled = run.patterns.get((pattern, flags))
    if compiled is None:
        try:
            compiled = run.patterns[pattern, flags] = compile_pattern(pattern, flags)
        except InvalidValue:
            run.spend(_REFUSAL)
            raise
        run.spend(12 + compiled.programsize // 3)
    run.spend(2 + (compiled.programsize * len(text) >> 7))
    return compiled


def matches_in(run: Run, text: str, pattern: Any) -> Iterator[Any]:
    """Every match in turn; each may have looked through the whole rest of the text, and is charged for it."""
    for match in pattern.finditer(text):
        run.spend(pattern.programsize * (len(text) - match.end()) >> 12)
        yield match


@functools.lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> Any:
    """Compile a pattern with flags s, m, i, x, q; InvalidValue when either is wrong or the pattern too costly."""
    if not set(flags) <= set("smixq") or len(pattern) > _LONGEST_PATTERN:
        raise InvalidValue("bad_pattern", pattern=pattern[:80], flags=flags[:10])
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    options.case_sensitive = "i" not in flags
    options.literal = "q" in flags
    source = pattern if "q" in flags else _inline_flags(_every_script(pattern), flags)
    try:
        return re2.compile(source, options)
    except re2.error:
        raise InvalidValue("bad_pattern", pattern=pattern[:80], flags=flags) from None


def _inline_flags(pattern: str, flags: str) -> str:
    if "x" in flags:
        # White space means nothing except inside a character class.
        pattern = re.sub(r"(\[(?:\\.|[^\]\\])*\])|\s+", lambda match: match.group(1) or "", pattern)
    inline = "".join(flag for flag in "sm" if flag in flags)
    return f"(?{inline}){pattern}" if inline else pattern


def _every_script(pattern: str) -> str:
    """Write short forms such as ``\\w`` out; InvalidValue for a class within a class, which RE2 reads otherwise."""
    pieces: list[str] = []
    in_class = False
    for piece in _PIECE.findall(pattern):
        if in_class and piece == "[":
            raise InvalidValue("bad_pattern", pattern=pattern[:80], flags="")
        pieces.append((_IN_CLASS if in_class else _ALONE).get(piece, piece))
        in_class = piece == "[" or (in_class and piece != "]")
    return "".join(pieces)


def expand_replacement(replacement: str, pattern: Any, *, literal: bool) -> Callable[[Any], str]:
    """Prepare a replacement with $1 to $9, `\\$` and `\\\\`; InvalidValue for a lone backslash or dollar."""
    if literal:
        return lambda match: replacement
    parts: list[str | int] = []
    end = 0
    for found in _GROUP.finditer(replacement):
        parts.append(replacement[end : found.start()])
        end = found.end()
        if found.group(3):
            raise InvalidValue("bad_pattern", pattern=replacement[:80], flags="")
        if found.group(2):
            group, rest = _group_number(found.group(2), pattern.groups)
            parts += [group, rest]
        else:
            parts.append(found.group(1))
    parts.append(replacement[end:])
    return lambda match: "".join(part if isinstance(part, str) else match.group(part) or "" for part in parts)


def _group_number(digits: str, groups: int) -> tuple[int | str, str]:
    """Read as many digits as make an existing group; the rest is text. A group that does not exist is empty."""
    for length in range(min(len(digits), 3), 0, -1):
        if int(digits[:length]) <= groups:
            return int(digits[:length]), digits[length:]
    return "", digits[1:]
