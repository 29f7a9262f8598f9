"""Forms as the bundles carry them: schema, options, conditions and the one place where input is checked."""

from workflows.forms.cleaning import clean, initial, input_value, visible
from workflows.forms.drafts import draft
from workflows.forms.errors import FormError
from workflows.forms.lookups import display
from workflows.forms.model import Cleaned, Field, Form, Option, Rules
from workflows.forms.schema import parse

__all__ = [
    "Cleaned",
    "Field",
    "Form",
    "FormError",
    "Option",
    "Rules",
    "clean",
    "display",
    "draft",
    "initial",
    "input_value",
    "parse",
    "visible",
]
