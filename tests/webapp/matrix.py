"""Which routes are for whom: the one table of permissions, proven over all routes by ``test_access.py``.

A line is ``"METHOD /path": who``. Names in braces are examples of the ``World`` (``world.py``): a row somebody may
reach, a token, a key. Whoever is not named gets 404 (the API: 401 without a token, 403 or 404 with one; the public is
sent to sign in), and nothing is written. A route may have several lines, one for each example that differs.
"""

COLUMNS = (*("public", "coordinator", "leadership", "office", "other_office", "process_owner", "reviewer", "admin"),)
"""Everybody who comes: ``office`` has the referral of the examples, ``other_office`` is one that has not.

Holders of links have no account: they are everybody who knows the token, so each line with a token tries them all.
"""

ALL = frozenset(COLUMNS)
NOBODY: frozenset[str] = frozenset()
ACCOUNTS = ALL - {"public"}
CASES = frozenset({"coordinator", "leadership"})
COORDINATOR, OFFICE = frozenset({"coordinator"}), frozenset({"office"})
OFFICES = frozenset({"office", "other_office"})
TASKS = CASES | OFFICES
ADMIN, REVIEWER, OWNER = frozenset({"admin"}), frozenset({"reviewer"}), frozenset({"process_owner"})

MATRIX: dict[str, frozenset[str]] = {
    # for everybody
    "GET /": ALL,
    "GET /healthz": ALL,
    "GET /static/dist/lotse.css": ALL,
    "GET /pages/imprint": ALL,
    "GET /anfrage": ALL,
    "POST /anfrage": ALL,
    "POST /anfrage/felder": ALL,
    "GET /anfrage/beleg": ALL,  # sends on to the form: the receipt is for the browser that sent it
    "GET /api/v1/openapi.json": ALL,
    "GET /demo/mails": NOBODY,  # in a demonstration only
    "GET /demo/mails/{mail}": NOBODY,
    # coming in
    "GET /login": ALL,
    "POST /login": ALL,
    "POST /logout": ALL,
    "GET /login/mail": ALL,
    "POST /login/mail": ALL,
    "GET /login/{unknown}": ALL,  # keeps it in the cookie, looks nothing up
    "GET /login/link": NOBODY,  # without a link; with one: test_sign_in_links.py
    "POST /login/link": NOBODY,
    "GET /password/forgotten": ALL,
    "POST /password/forgotten": ALL,
    "GET /password/{unknown}": ALL,
    "GET /password/new": NOBODY,
    "POST /password/new": NOBODY,
    # by status link
    "GET /s/{status_token}": ALL,
    "GET /s/{office_token}": NOBODY,
    "GET /s/{unknown}": NOBODY,
    "POST /s/{status_token}/confirm": ALL,
    "POST /s/{office_token}/confirm": NOBODY,
    "POST /s/{status_token}/survey": ALL,
    "POST /s/{unknown}/survey": NOBODY,
    "GET /s/{status_token}/withdraw": ALL,
    "GET /s/{unknown}/withdraw": NOBODY,
    "GET /s/{status_token}/consent": ALL,
    "GET /s/{office_token}/consent": NOBODY,
    "POST /s/{status_token}/consent": ALL,
    "POST /s/{unknown}/consent": NOBODY,
    "GET /s/{status_token}/message": ALL,
    "GET /s/{unknown}/message": NOBODY,
    "POST /s/{status_token}/message": ALL,
    "POST /s/{office_token}/message": NOBODY,
    "POST /s/{status_token}/message/fields": ALL,
    "POST /s/{unknown}/message/fields": NOBODY,
    "POST /s/{status_token}/referrals/{referral}/appointment": ALL,  # empty: told to choose
    "GET /s/{status_token}/tasks/{triage_task}": NOBODY,  # no task of the association's
    "POST /s/{status_token}/tasks/{office_task}": NOBODY,
    "POST /s/{status_token}/tasks/{office_task}/draft": NOBODY,
    "GET /m/{unknown}": NOBODY,  # with an invitation: tests/actions/test_invitations.py
    "GET /m/{status_token}": NOBODY,
    "POST /m/{office_token}": NOBODY,
    "POST /s/{status_token}/withdraw": ALL,
    "POST /s/{office_token}/withdraw": NOBODY,
    "GET /s/{status_token}/files/{shared_file}": ALL,
    "GET /s/{status_token}/files/{inner_file}": NOBODY,
    "GET /s/{other_status_token}/files/{shared_file}": NOBODY,
    # by an office's link
    "GET /r/{office_token}": ALL,
    "GET /r/{status_token}": NOBODY,
    "GET /r/{unknown}": NOBODY,
    "GET /r/{office_token}/thanks": ALL,
    "GET /r/{unknown}/thanks": NOBODY,
    "POST /r/{office_token}/open": ALL,
    "POST /r/{status_token}/open": NOBODY,
    "POST /r/{office_token}/tasks/{office_task}": ALL,
    "POST /r/{office_token}/tasks/{triage_task}": NOBODY,
    "POST /r/{status_token}/tasks/{office_task}": NOBODY,
    "POST /r/{office_token}/tasks/{office_task}/fields": ALL,
    "POST /r/{office_token}/tasks/{triage_task}/fields": NOBODY,
    # one's own account
    "GET /account": ACCOUNTS,
    "POST /account/sessions/end-others": ACCOUNTS,
    "POST /account/sessions/end": NOBODY,  # without naming one of one's own; with one: test_account.py
    "GET /account/password": ACCOUNTS,
    "POST /account/password": ACCOUNTS,
    "GET /account/deputies": ACCOUNTS,
    "POST /account/deputies": ACCOUNTS,
    "POST /account/deputies/{coordinators_absence}/end": COORDINATOR | ADMIN,
    "GET /account/tokens": ACCOUNTS,
    "POST /account/tokens": ACCOUNTS,
    "POST /account/tokens/{coordinators_token}/revoke": COORDINATOR,
    # tasks
    "GET /inbox": TASKS,
    "GET /inbox/rows": TASKS,
    "GET /tasks/{triage_task}": CASES,
    "GET /tasks/{office_task}": CASES | OFFICE,
    "POST /tasks/{triage_task}/claim": COORDINATOR,
    "POST /tasks/{office_task}/claim": OFFICE,
    "POST /tasks/{triage_task}/release": COORDINATOR,
    "POST /tasks/{office_task}/release": OFFICE,
    "POST /tasks/{triage_task}/draft": COORDINATOR,
    "POST /tasks/{office_task}/draft": OFFICE,
    "POST /tasks/{triage_task}/complete": COORDINATOR,
    "POST /tasks/{office_task}/complete": OFFICE,
    "POST /tasks/{triage_task}/hand-over": COORDINATOR,
    "POST /tasks/{office_task}/hand-over": OFFICE,
    "POST /tasks/{triage_task}/follow-up": COORDINATOR,
    "POST /tasks/{office_task}/follow-up": OFFICE,
    "POST /tasks/{triage_task}/priority": COORDINATOR,
    "POST /inbox/several": TASKS,
    "POST /inbox/filters": TASKS,
    "POST /inbox/filters/{coordinators_filter}/forget": COORDINATOR,
    # cases
    "GET /cases": CASES,
    "GET /cases/new": CASES,
    "POST /cases/new": CASES,
    "POST /cases/new/fields": CASES,
    "GET /cases/{case}": CASES,
    "GET /cases/{case}/print": CASES,
    "GET /cases/{case}/edit": CASES,
    "POST /cases/{case}/edit": CASES,
    "POST /cases/{case}/link": CASES,
    "POST /cases/{case}/unlink": CASES,
    "POST /cases/{case}/notes": CASES,
    "POST /cases/{case}/files": CASES,
    "POST /cases/{case}/files/{inner_file}/share": CASES,
    "GET /files/{inner_file}": CASES,
    "GET /cases/{case}/diagrams/{instance}.bpmn": CASES,
    "GET /cases/{case}/diagrams/{instance}.json": CASES,
    "GET /contacts": CASES,
    "GET /contacts/new": CASES,
    "POST /contacts/new": CASES,
    "POST /contacts/{contact}/followed-up": CASES,
    "GET /offices": CASES | ADMIN,
    "GET /offices/{office_row}": CASES | ADMIN,
    "GET /offices/new": COORDINATOR | ADMIN,
    "POST /offices/new": COORDINATOR | ADMIN,
    "GET /offices/{office_row}/edit": COORDINATOR | ADMIN,
    "POST /offices/{office_row}/edit": COORDINATOR | ADMIN,
    # an office with an account; choices and figures
    "GET /office": OFFICES,
    "GET /office/referrals/{referral}": OFFICE,
    "POST /office/referrals/{referral}/tasks/{office_task}": OFFICE,
    "POST /office/referrals/{referral}/tasks/{triage_task}": NOBODY,
    "POST /office/referrals/{referral}/tasks/{office_task}/fields": OFFICE,
    "GET /notices": TASKS,
    "POST /notices": TASKS,
    "GET /reports/referrals": CASES,
    "GET /reports/referrals.csv": CASES,
    "GET /reports/referrals/cases": CASES,
    "GET /funding": CASES,
    "GET /funding/programmes/{programme}": COORDINATOR,
    "POST /funding/programmes/{programme}": COORDINATOR,
    # an association's own entry, by a link to a registered contact; the public directory
    "GET /verzeichnis": ALL,
    "GET /meine-organisation": ALL,
    "POST /meine-organisation": ALL,
    "GET /meine-organisation/unterwegs": ALL,
    "GET /meine-organisation/aendern": ALL,  # sends on to the question for an address
    "POST /meine-organisation/aendern": NOBODY,
    "POST /meine-organisation/stimmt": NOBODY,
    "POST /meine-organisation/verzeichnis": NOBODY,
    "POST /meine-organisation/personen": NOBODY,
    "POST /meine-organisation/vorgang/{case}": NOBODY,
    "POST /meine-organisation/ende": ALL,
    "GET /o/{unknown}": NOBODY,
    "GET /o/{status_token}": NOBODY,
    "POST /o/{unknown}": NOBODY,
    # the register of associations
    "POST /cases/new/matches": CASES,
    "POST /cases/{case}/organisation": CASES,
    "GET /register": CASES,
    "GET /register/new": CASES,
    "POST /register/new": CASES,
    "GET /register/import": CASES,
    "POST /register/import": CASES,  # empty: told to choose
    "GET /register/import/{coordinators_list}": COORDINATOR,
    "POST /register/import/{coordinators_list}": COORDINATOR,
    "GET /register/statistics.csv": CASES,
    "GET /register/{organisation}": CASES,
    "GET /register/{organisation}/edit": CASES,
    "POST /register/{organisation}/edit": CASES,
    "POST /register/{organisation}/confirm": CASES,
    "POST /register/{organisation}/advisors": CASES,
    "POST /register/{organisation}/relations": CASES,
    "POST /register/{organisation}/proposal": CASES,
    "GET /register/{organisation}/contacts/new": CASES,
    "POST /register/{organisation}/contacts/new": CASES,
    "GET /register/{organisation}/contacts/{contact_person}": CASES,
    "POST /register/{organisation}/contacts/{contact_person}": CASES,
    "POST /register/{organisation}/contacts/{contact_person}/leave": CASES,
    # in the name of others
    "GET /cases/{case}/survey": COORDINATOR,
    "POST /cases/{case}/survey": COORDINATOR,
    "GET /cases/{case}/withdrawal": COORDINATOR,
    "POST /cases/{case}/withdrawal": COORDINATOR,
    "GET /cases/{case}/confirmation": COORDINATOR,
    "POST /cases/{case}/confirmation": COORDINATOR,
    "GET /cases/{case}/referrals/{referral}/answer": COORDINATOR,
    "POST /cases/{case}/referrals/{referral}/answer": COORDINATOR,
    "POST /cases/{case}/referrals/{referral}/answer/fields": COORDINATOR,
    "GET /cases/{case}/referrals/{referral}/confirmation": COORDINATOR,
    "GET /cases/{case}/referrals/{referral}/take-back": COORDINATOR,
    "POST /cases/{case}/referrals/{referral}/take-back": COORDINATOR,
    # the house
    "GET /mails": CASES,
    "POST /mails/{mail}/retry": CASES,
    "GET /audit": REVIEWER,
    "POST /audit": REVIEWER,
    "GET /pages/imprint/edit": ADMIN,
    "POST /pages/imprint/edit": ADMIN,
    "GET /admin/users": ADMIN,
    "GET /admin/users/new": ADMIN,
    "POST /admin/users/new": ADMIN,
    "GET /admin/users/{user}": ADMIN,
    "POST /admin/users/{user}": ADMIN,
    "POST /admin/users/{user}/disable": ADMIN,
    "POST /admin/users/{user}/enable": ADMIN,
    "POST /admin/users/{user}/invite": ADMIN,
    "GET /admin/users/{user}/deputies": ADMIN,
    "POST /admin/users/{user}/deputies": ADMIN,
    "GET /admin/deputies": ADMIN,
    "POST /admin/deputies/{coordinators_absence}/end": ADMIN,
    "GET /admin/groups": ADMIN,
    "POST /admin/groups": ADMIN,
    "POST /admin/groups/rename": ADMIN,
    # the API, by personal token
    "GET /api/v1/tasks": ACCOUNTS,  # who works no tasks gets an empty list
    "GET /api/v1/tasks/{triage_task}": CASES,
    "GET /api/v1/tasks/{office_task}": CASES | OFFICE,
    "POST /api/v1/tasks/{triage_task}/claim": COORDINATOR,
    "POST /api/v1/tasks/{triage_task}/release": COORDINATOR,
    "GET /api/v1/tasks/{triage_task}/colleagues": COORDINATOR,
    "POST /api/v1/tasks/{triage_task}/hand-over": COORDINATOR,
    "POST /api/v1/tasks/{triage_task}/follow-up": COORDINATOR,
    "POST /api/v1/tasks/{triage_task}/priority": COORDINATOR,
    "POST /api/v1/tasks/{triage_task}/draft": COORDINATOR,
    "POST /api/v1/tasks/{triage_task}/complete": COORDINATOR,
    "POST /api/v1/tasks/{office_task}/complete": OFFICE,
    "GET /api/v1/instances/{instance}": CASES,
    "GET /api/v1/instances/{referral_instance}": CASES | OFFICE,
    "GET /api/v1/instances/{instance}/events": CASES,
    "GET /api/v1/instances/{referral_instance}/events": CASES | OFFICE,
    "POST /api/v1/processes/enquiry/instances": CASES,
    "POST /api/v1/messages": CASES,
    "POST /api/v1/bundles": OWNER,
    # the workshop
    "GET /workshop": OWNER,
    "GET /workshop/import": OWNER,
    "POST /workshop/import": OWNER,  # empty: told that it is no zip
    "GET /workshop/processes/referral": OWNER,
    "GET /workshop/processes/nowhere": NOBODY,
    "POST /workshop/processes/referral/drafts": OWNER,
    "GET /workshop/processes/referral/versions/1/export": OWNER,
    "GET /workshop/processes/referral/versions/1/retire": OWNER,
    "POST /workshop/processes/referral/versions/1/retire": OWNER,
    "GET /workshop/drafts/{draft}": OWNER,
    "GET /workshop/drafts/{draft}/findings": OWNER,
    "GET /workshop/drafts/{draft}/export": OWNER,
    "GET /workshop/drafts/{draft}/files/referral.bpmn": OWNER,
    "PUT /workshop/drafts/{draft}/files/referral.bpmn": OWNER,
    "POST /workshop/drafts/{draft}/files/referral.bpmn": OWNER,
    "POST /workshop/drafts/{draft}/upload": OWNER,
    "POST /workshop/drafts/{draft}/undo": OWNER,
    "POST /workshop/drafts/{draft}/restore": OWNER,
    "POST /workshop/drafts/{draft}/drop": OWNER,
    "POST /workshop/drafts/{draft}/catch-up": OWNER,
    "GET /workshop/drafts/{draft}/publish": OWNER,
    "POST /workshop/drafts/{draft}/publish": OWNER,
    "GET /workshop/publications/{proposed}": OWNER,
    "POST /workshop/publications/{proposed}/approve": OWNER,
    "POST /workshop/publications/{proposed}/refuse": OWNER,
    "POST /workshop/publications/{proposed}/withdraw": OWNER,
}

#: What a POST sends where an empty form would be nobody's business: it must name something that is there.
BODIES: dict[str, dict[str, str]] = {
    "POST /workshop/drafts/{draft}/restore": {"revision": "0"},
    "POST /admin/groups/rename": {"key": "group:jury", "name": "Jury"},
    "POST /tasks/{triage_task}/priority": {"priority": "high"},
    "POST /tasks/{triage_task}/follow-up": {"on": "2026-03-20"},
    "POST /tasks/{office_task}/follow-up": {"on": "2026-03-20"},
    "POST /register/{organisation}/proposal": {"proposal": "{proposal}", "as_of": "{as_of}", "answer": "accept"},
    "POST /register/{organisation}/relations": {"other": "Verein Brücke", "kind": "network"},
}

HOW_TO = """
{route} is in no line of tests/webapp/matrix.py. Add one to MATRIX, such as
    "{method} {rule}": CASES,
with everybody who may come (see the sets at the top). Each part in <> becomes an example in braces: use one of
    {examples}
or make a new one in tests/webapp/world.py. Where own and foreign rows differ, add a line for each.
"""
