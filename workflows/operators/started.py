"""The names of the variables each process of the house starts with, for the check of its diagrams."""

from collections.abc import Mapping

from workflows.domain.cases import FIELDS

#: By process key; what an enquiry's form asks beyond its fields comes on top.
STARTED: Mapping[str, frozenset[str]] = {
    "enquiry": FIELDS
    | {"reference", "case", "channel", "language", "known_organisation", "similar_cases", "received_on"}
    | {"is_again"},
    "message": frozenset({"message", "file_count", "reference", "case"}),
    "referral": frozenset(
        {
            *("referral", "referral_key", "reference", "case_correlation", "reason", "legal_basis", "extract"),
            *("office", "office_group", "office_name", "office_language", "contact_language"),
            *("kind", "programme_name", "is_warm"),
            *("deadline", "half_way", "sent_on", "office_domain", "resume", "taken_back_reason"),
        }
    ),
    "funding": frozenset(
        {
            *("application", "application_key", "reference", "case_correlation", "organisation_name"),
            *("enquiry_text", "contact_language", "opened_on"),
        }
    ),
}
