"""The registry of personal data: every column of every table, what it may tell about a person, and why it is kept.

| kind | meaning |
|---|---|
| contact | identifies or reaches a person: name, address, telephone, account |
| content | what people wrote or did, which may tell about them |
| special | may hold special categories (Art. 9 GDPR): kept out of mails, logs and search |
| none | tells nothing about a person |

A column that is missing here fails a test, so that no data is stored without somebody having thought about it.
Register of processing (Art. 30), export (Art. 15) and erasure (Art. 17) read from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["contact", "content", "special", "none"]


@dataclass(frozen=True, slots=True)
class Column:
    """What one column tells about people, and why it is there."""

    kind: Kind
    reason: str


# Table, kind, columns, why: contents first, then what is left.
_REGISTER: tuple[tuple[str, Kind, str, str], ...] = (
    ("api_token", "content", "name last_used_at", "the holder's word for the token and when it was used"),
    ("api_token", "none", "id user_id scope hash key created_at expires_at", "the token itself, hashed, of an account"),
    ("application", "content", "title profile plan decision_note", "project and association in the applicant's words"),
    (
        "application",
        "none",
        "id case_id programme_id year status starts_on ends_on proof_due_on deadline_on requested "
        "submitted_on submitted_to points decided_on awarded drawn spent repaid created_at closed_at result",
        "figures and dates of an association's application",
    ),
    ("audit_detail", "content", "payload", "name of the actor and details; erased with its salt, the chain stays"),
    ("audit_detail", "none", "stream seq salt", "place and salt of the details"),
    (
        "audit_entry",
        "none",
        "stream seq at event actor object commitment previous mac",
        "the chain is never erased, so it names nobody: accounts and cases by number only",
    ),
    ("audit_head", "none", "stream seq mac", "end of a chain"),
    ("audit_seal", "none", "number at streams entries previous root", "counts and hashes"),
    ("audit_sealed_head", "none", "stream seq seal mac", "hashes"),
    (
        "case_file",
        "contact",
        "organisation_name contact_name contact_email contact_phone on_behalf",
        "who asked and how to reach them",
    ),
    (
        "case_file",
        "special",
        "text translation details answer",
        "free text of an enquiry: may name origin, belief or health",
    ),
    ("case_file", "content", "topics language", "what is needed, and in which language"),
    (
        "case_file",
        "none",
        "id reference status channel choice kind organisation_id consent_share urgency support_level ways outcome "
        "confirmed opened_at closed_at dedupe_key instance_id office_task duplicate_of_id",
        "the course of the case, in codes",
    ),
    ("appointment", "content", "at place", "when and where somebody is to come"),
    (
        "appointment",
        "none",
        "id referral_id proposed_by status created_at answered_at",
        "the course of the appointment",
    ),
    ("case_note", "special", "text", "free text of the coordination about a case"),
    ("case_note", "contact", "author", "the colleague who wrote it"),
    ("case_note", "none", "id key case_id is_shared created_at", "place of the note and who may read it"),
    ("code_entry", "none", "list key label position translations is_active", "words of code lists"),
    ("contact", "special", "text", "what was said at a visit, call or event, in free text"),
    ("contact", "contact", "who author", "whom the coordination spoke with, and the colleague who did"),
    (
        "contact",
        "none",
        "id key case_id organisation_id kind held_on office_task follow_up_on followed_up_at created_at",
        "when, how and for which of the office's tasks",
    ),
    (
        "contact_person",
        "contact",
        "name role email folded_email phone language",
        "who speaks for an association, and how to reach them",
    ),
    ("contact_person", "none", "id organisation_id is_first created_at left_at", "since when, until when"),
    ("daily_chore", "none", "name day done_at", "what the workers did on a day"),
    ("deputyship", "content", "absent_id deputy_id from_on until_on", "when a colleague is away and who stands in"),
    ("deputyship", "none", "id created_at", "number of the entry"),
    ("draft", "contact", "created_by changed_by", "the colleagues who change a process"),
    (
        "draft",
        "none",
        "id process_key base_version_id origin status revision sha256 created_at changed_at",
        "where a changed process stands",
    ),
    ("draft_file", "contact", "changed_by changed_by_id", "the colleague who changed it"),
    ("draft_file", "none", "id draft_id path revision data changed_at", "files of a process being changed"),
    ("draft_visit", "contact", "user_id name path seen_at", "the colleague who has a draft open right now"),
    ("draft_visit", "none", "draft_id", "which draft"),
    ("edition", "contact", "deployed_by", "the colleague who published it"),
    ("edition", "none", "id version_id patch sha256 files deployed_at", "files of a process"),
    ("event", "contact", "actor", "who did the step"),
    ("event", "content", "details", "facts of the step, such as an explained decision"),
    ("event", "none", "id instance_id at kind element_id element_name", "the step itself"),
    ("file", "content", "name", "the name the sender gave the file"),
    ("file", "contact", "uploaded_by", "who brought it: a colleague, an office, the one who asked"),
    (
        "file",
        "none",
        "id key media_type size sha256 about subject is_shared created_at",
        "measures and place of the file",
    ),
    ("file_chunk", "special", "data", "whatever people upload"),
    ("file_chunk", "none", "file_id number", "place of the part"),
    ("incident", "content", "facts", "what went wrong, may quote a value"),
    (
        "incident",
        "none",
        "id instance_id token element_id code created_at resolved_at attempts next_at",
        "where it went wrong and when it is tried again",
    ),
    ("instance", "special", "variables", "the values of the process, free text among them"),
    ("instance", "contact", "started_by", "who started it"),
    (
        "instance",
        "none",
        "id version_id process_key subject status state revision started_at ended_at",
        "where the process stands; tokens carry no data",
    ),
    ("letter", "contact", "address", "whom a letter is for"),
    ("letter", "special", "subject text", "the letter, with what the step put into it"),
    ("letter", "none", "id key case_id language created_at", "place of the letter, and the step that wrote it"),
    ("link", "contact", "recipient", "who may use the link, by number or address"),
    (
        "link",
        "none",
        "id purpose target nonce token_hash created_at expires_at revoked_at",
        "what the link opens; the token itself is not stored",
    ),
    ("mail", "contact", "to_address", "the recipient"),
    ("mail", "content", "subject text last_error", "the mail, without what enquirers typed, and the server's answer"),
    (
        "mail",
        "none",
        "id key message_id language about link_id status attempts next_at lease_until created_at sent_at",
        "how far the mail got",
    ),
    ("membership", "content", "user_id group_key", "which group a colleague works in"),
    ("message", "special", "variables", "values on their way between processes"),
    ("message", "content", "error", "what went wrong, may quote a value"),
    ("migration_item", "special", "variables", "values of the process before a move, until nothing can go back"),
    ("migration_item", "content", "error", "what went wrong, may quote a value"),
    (
        "migration_item",
        "none",
        "id job_id instance_id from_version_id outcome reasons done_at revision state open_rows",
        "what became of a running case when its process changed; rows are names, groups and dates of its steps",
    ),
    ("migration_job", "contact", "created_by taken_back_by", "who moved running cases to another version"),
    (
        "migration_job",
        "none",
        "id process_key version_id names created_at taken_back_at closed_at",
        "which version, and which step took the place of which",
    ),
    (
        "message",
        "none",
        "id kind name correlation_key unique_key subject process_key created_at expires_at delivered_at instance_id "
        "attempts",
        "who waits for it and how far it got",
    ),
    ("office", "contact", "email phone note contacts", "the office's address, at times that of one person"),
    (
        "office",
        "none",
        "id key name topics languages language interpreting accessibility capacity capacity_note opening_times "
        "documents is_external is_active source checked_on created_at",
        "public facts about an office",
    ),
    ("invitation", "contact", "organisation_name email", "the association that is asked to join in"),
    ("invitation", "special", "who why gets note", "free text about who asks, and of the answer"),
    ("invitation", "none", "id case_id language status answered_by created_at answered_at", "the course of it"),
    (
        "organisation",
        "contact",
        "name folded_name street postal_code city folded_address",
        "small associations may be named after a person and live at somebody's home",
    ),
    (
        "organisation",
        "none",
        "id kind language advisor_id deputy_id directory directory_at created_at confirmed_at asked_at",
        "its number, who looks after it, what it agreed to publish, and how current the entry is",
    ),
    ("organisation_proposal", "special", "changes note", "what an association wants corrected, in its words"),
    ("organisation_proposal", "contact", "contact_id decided_by", "who proposed it and who decided"),
    (
        "organisation_proposal",
        "none",
        "id organisation_id status created_at decided_at",
        "the course of the proposal",
    ),
    ("organisation_relation", "none", "organisation_id other_id kind source as_of", "which networks it belongs to"),
    (
        "organisation_value",
        "special",
        "value",
        "what an association says about itself: a self-description may name origin or belief",
    ),
    ("organisation_value", "none", "organisation_id attribute source as_of", "which attribute, told by whom and when"),
    ("page", "contact", "updated_by", "the colleague who changed the page"),
    ("page", "none", "key language title text updated_at", "public text"),
    ("process", "none", "key name created_at", "a process"),
    (
        "programme",
        "none",
        "id key name decided_by office_key decision jury_group quorum amount amounts ceiling_name conditions documents "
        "needs_goal deadline deadline_rule route submission source checked_on position is_active",
        "published facts about a programme",
    ),
    ("programme_year", "none", "id programme_id year total remaining source checked_on", "a programme's budget"),
    (
        "publication",
        "contact",
        "submitted_by submitted_by_id decided_by decided_by_id",
        "the colleagues who asked to publish a process and who approved it",
    ),
    ("publication", "content", "comment decision", "their reasons"),
    (
        "publication",
        "none",
        "id process_key kind draft_id version_id effective_on status submitted_at decided_at done_at",
        "what is to be published when",
    ),
    (
        "recusal",
        "content",
        "application_id user_id declared_at",
        "who of a jury is biased about an application (§ 20 HVwVfG)",
    ),
    (
        "referral",
        "special",
        "reason extract decline_text outcome_text legal_basis_note",
        "what an office gets, says",
    ),
    ("referral", "contact", "handed_on_to", "the colleague an office names"),
    (
        "referral",
        "none",
        "id case_id office_id kind programme_id is_warm status legal_basis deadline_on created_at sent_at seen_at "
        "answered_at decline_reason reported_at outcome confirmed consideration retracted_at "
        "closed_at result instance_id",
        "the course of the referral, in codes",
    ),
    ("referral_message", "special", "text", "question or answer in free text"),
    ("referral_message", "contact", "author", "who wrote it"),
    ("referral_message", "none", "id referral_id kind created_at", "place of the message"),
    ("saved_filter", "content", "name query", "what a colleague looks for, in own words"),
    ("saved_filter", "none", "id user_id created_at", "place of the filter"),
    ("search_word", "content", "word", "folded words of names and of what was asked; none that tell of Art. 9 matters"),
    ("search_word", "none", "kind row_id", "what the word finds"),
    ("sequence", "none", "name last", "numbers given so far"),
    ("sign_in_request", "contact", "email", "the address somebody typed; gone within seconds"),
    ("sign_in_request", "none", "id purpose created_at", "what was asked for"),
    ("story", "none", "process_key path text kept_at", "invented cases a process is tried with"),
    (
        "subscription",
        "none",
        "id instance_id process_key token element_id name correlation_key",
        "which message a process waits for",
    ),
    ("task", "special", "values draft", "what was typed into a form"),
    ("task", "contact", "done_by draft_by", "the colleague, or the office"),
    ("task", "content", "assignee_id claimed_at done_at done_by_id draft_at", "who worked on what and when"),
    (
        "task",
        "none",
        "id instance_id token element_id name process_key subject group_key form_id is_shared status priority "
        "due_at follow_up_on created_at told_at revision",
        "the step that waits",
    ),
    ("timer", "content", "error", "what went wrong, may quote a value"),
    ("timer", "none", "id instance_id process_key token element_id due_at status attempts", "a moment"),
    ("tries", "contact", "key", "keyed digest that may stand for an address; deleted after its window"),
    ("tries", "none", "count ends_at", "how often"),
    ("user_account", "contact", "email name", "the account of a colleague"),
    ("user_account", "content", "language immediate_since", "how a colleague wants to be written to"),
    ("user_account", "none", "id password_hash is_active created_at", "the account itself"),
    ("user_role", "content", "user_id role", "what a colleague may do"),
    ("version", "contact", "deployed_by", "the colleague who published it"),
    (
        "version",
        "none",
        "id process_key number patch sha256 logic_sha256 status deployed_at",
        "a frozen process",
    ),
    ("web_session", "content", "user_id created_at seen_at ended_at device", "when a colleague was signed in"),
    ("web_session", "none", "id", "hash of the cookie's secret"),
    ("work_group", "none", "key name", "a group"),
    ("worker", "none", "id seen_at", "a random number per worker process"),
)


def _columns() -> Mapping[tuple[str, str], Column]:
    found: dict[tuple[str, str], Column] = {}
    for table, kind, names, reason in _REGISTER:
        for name in names.split():
            if (table, name) in found:
                raise ValueError(f"{table}.{name} is named twice")
            found[table, name] = Column(kind, reason)
    return found


COLUMNS = _columns()
"""(table, column) → what it tells about people."""
