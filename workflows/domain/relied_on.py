"""The keys of code lists that the code itself works with, each with the reason in a word.

Whoever retires one takes away a choice the house counts on: states, rules, figures. The keys stand where they are used;
here is only said in which list they are and why.
"""

from collections.abc import Iterable, Mapping

from workflows.domain import cases, contacts, figures, funding, offices, organisations, referrals


def _each(keys: Iterable[str], why: str) -> dict[str, str]:
    return dict.fromkeys(keys, why)


RELIED_ON: Mapping[str, Mapping[str, str]] = {
    "case_status": _each(cases.STATUSES, "state"),
    "referral_status": _each(referrals.STATUSES, "state"),
    "application_status": _each(funding.STATUSES, "state"),
    "office_capacity": _each(offices.CAPACITIES, "state"),
    "contact_kind": _each(contacts.KINDS, "contact"),
    "share": _each(referrals.SHAREABLE, "passed_on"),
    "channel": {cases.PUBLIC_FORM: "public_form"},
    "urgency": {cases.URGENT: "urgent"},
    "case_confirmation": _each(cases.CONFIRMATIONS, "confirmation"),
    "case_outcome": {cases.DECLINED: "no_survey"},
    "legal_basis": {referrals.CONSENT: "consent", referrals.OVERRIDE: "words_needed"},
    "decline_reason": {referrals.OTHER_REASON: "words_needed"},
    "referral_outcome": _each(figures.HELPED, "figures"),
    "confirmation": _each(referrals.CONFIRMATIONS, "confirmation"),
    "value_source": {organisations.OWN_WORD: "own_word", organisations.IMPORTED: "imported"},
}
"""By list and key; the words of the reasons stand in ``webapp/wording/code_uses.py``."""


def why_needed(name: str, key: str) -> str:
    """The reason why an entry must stay a choice; empty for one that may be retired."""
    return RELIED_ON.get(name, {}).get(key, "")
