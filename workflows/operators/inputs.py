"""Reading an operator's inputs: diagrams are content, so every value is checked before it reaches the domain."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workflows.core.errors import LotseError
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.funding import Application
from workflows.domain.referrals import Referral
from workflows.engine.catalogue import Call


def text(call: Call, name: str, default: str = "") -> str:
    """A string; null counts as ``default``. Raises ``LotseError("operator_input")``."""
    value = call.inputs.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise wrong(name, "string", value)
    return value


def texts(call: Call, name: str) -> list[str]:
    """A list of strings, a single string counting as a list of one, null as an empty one."""
    value = call.inputs.get(name)
    if value is None:
        return []
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise wrong(name, "list of strings", value)
    return list(items)


def whole_number(call: Call, name: str, default: int) -> int:
    """A whole number; null counts as ``default``."""
    value = call.inputs.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        raise wrong(name, "whole number", value)
    return int(value)


def amount(call: Call, name: str) -> Decimal:
    """Euros with at most two places; null counts as zero. Never a float."""
    value = call.inputs.get(name)
    if value is None:
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != round(value, 2):
        raise wrong(name, "amount in euros", value)
    return Decimal(value)


def context(call: Call, name: str) -> dict[str, Any]:
    """A context; null counts as an empty one."""
    value = call.inputs.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(name, "context", value)
    return value


def day(call: Call, name: str) -> date | None:
    """A date; null stays None."""
    value = call.inputs.get(name)
    if value is not None and (isinstance(value, datetime) or not isinstance(value, date)):
        raise wrong(name, "date", value)
    return value


def moment(call: Call, name: str) -> datetime:
    """A date with its time of day; null is wrong, too."""
    value = call.inputs.get(name)
    if not isinstance(value, datetime):
        raise wrong(name, "date and time", value)
    return value


def known(tx: Tx, name: str, *keys: str) -> None:
    """Raise ``LotseError("code_unknown")`` for a key that is not in the code list."""
    listed = {entry.key for entry in codes.entries(tx.session, name)}
    if strange := [key for key in keys if key not in listed]:
        raise LotseError("code_unknown", list=name, keys=strange)


def wrong(name: str, wanted: str, value: object) -> LotseError:
    """The error for an input of the wrong type; the value itself stays out, it may be personal."""
    return LotseError("operator_input", name=name, wanted=wanted, found=type(value).__name__)


def subject(call: Call, kind: str) -> int:
    """The id in the instance's subject, which must be of ``kind`` (``case``, ``referral``, ``application``)."""
    found, _, number = call.subject.partition(":")
    if found != kind or not number.isdigit():
        raise LotseError("operator_subject", wanted=kind, found=found)
    return int(number)


def case_id(tx: Tx, call: Call) -> int:
    """The case the instance is about, be its subject the case, one of its referrals or of its applications."""
    if call.subject.startswith("application:"):
        application = tx.session.get(Application, subject(call, "application"))
        if application is None:
            raise LotseError("operator_subject", wanted="application", found=call.subject)
        return application.case_id
    if not call.subject.startswith("referral:"):
        return subject(call, "case")
    referral = tx.session.get(Referral, subject(call, "referral"))
    if referral is None:
        raise LotseError("operator_subject", wanted="referral", found=call.subject)
    return referral.case_id
