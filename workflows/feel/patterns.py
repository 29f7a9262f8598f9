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
    source = pattern if "q" in flags else _inline_flags(pattern, flags)
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
