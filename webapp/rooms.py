"""The rooms of the web app: every blueprint, in the order of the navigation."""

from flask import Blueprint

from webapp.account.deputies import account_deputies
from webapp.account.views import account
from webapp.admin.deputies import admin_deputies
from webapp.admin.views import admin
from webapp.api.cases import api_cases
from webapp.api.migrations import api_migrations
from webapp.api.views import api
from webapp.association.directory import directory
from webapp.association.views import association
from webapp.audit.views import audit
from webapp.auth.links import links
from webapp.auth.views import auth
from webapp.cases.asked import asked
from webapp.cases.editing import case_editing
from webapp.cases.intake import cases
from webapp.cases.on_behalf import on_behalf
from webapp.codes.views import workshop_codes
from webapp.contacts.views import contacts
from webapp.demo.views import demo
from webapp.files.views import files
from webapp.funding.board import board
from webapp.funding.views import funding
from webapp.health.views import health
from webapp.inbox.views import inbox
from webapp.mails.given_up import given_up
from webapp.mails.views import mails
from webapp.notices.views import notices
from webapp.offices.views import offices
from webapp.pages.views import pages
from webapp.portal.account import portal
from webapp.portal.views import office
from webapp.public.answers import answers
from webapp.public.own_case import public
from webapp.public.own_tasks import own_tasks
from webapp.register.contacts import contact_persons
from webapp.register.lists import register_lists
from webapp.register.views import register
from webapp.reports.views import reports
from webapp.workshop.changes import workshop_changes
from webapp.workshop.deadlines import workshop_deadlines
from webapp.workshop.diagram import workshop_diagram
from webapp.workshop.drafts import workshop_drafts
from webapp.workshop.fields import workshop_fields
from webapp.workshop.forms import workshop_forms
from webapp.workshop.formulas import workshop_formulas
from webapp.workshop.graphs import workshop_graphs
from webapp.workshop.grid import workshop_grid
from webapp.workshop.impact import workshop_impact
from webapp.workshop.previews import workshop_previews
from webapp.workshop.publishing import workshop_publishing
from webapp.workshop.steps import workshop_steps
from webapp.workshop.tables import workshop_tables
from webapp.workshop.texts import workshop_texts
from webapp.workshop.translations import workshop_translations
from webapp.workshop.trials import workshop_trials
from webapp.workshop.views import workshop

BLUEPRINTS: tuple[Blueprint, ...] = (
    public,
    answers,
    own_tasks,
    auth,
    links,
    account,
    account_deputies,
    inbox,
    cases,
    on_behalf,
    funding,
    board,
    asked,
    case_editing,
    files,
    contacts,
    office,
    association,
    directory,
    register,
    contact_persons,
    register_lists,
    offices,
    portal,
    reports,
    mails,
    given_up,
    notices,
    audit,
    admin,
    admin_deputies,
    pages,
    workshop,
    workshop_drafts,
    workshop_forms,
    workshop_fields,
    workshop_previews,
    workshop_tables,
    workshop_grid,
    workshop_formulas,
    workshop_graphs,
    workshop_texts,
    workshop_translations,
    workshop_codes,
    workshop_diagram,
    workshop_steps,
    workshop_deadlines,
    workshop_publishing,
    workshop_trials,
    workshop_changes,
    workshop_impact,
    demo,
    health,
    api,
    api_cases,
    api_migrations,
)
