"""The two ways a form can fail: a schema that cannot be used, and a value that a field does not take."""

from workflows.core.errors import LotseError


class FormError(LotseError):
    """A schema cannot be used; ``facts["component"]`` names the component where there is one."""


class Refused(Exception):
    """A raw value that its field does not take; becomes one ``Problem`` of that field. Uploads are refused before."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
