"""A link opens one thing for one purpose, as long as it should."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from tests.conftest import Begin
from workflows.core import links
from workflows.core.clock import SetClock
from workflows.core.links import Link
from workflows.core.settings import Settings


def issue(begin: Begin, purpose: str = "referral_answer", recipient: str = "office:17", **more: timedelta) -> Link:
    with begin() as tx:
        ends = {"expires_at": tx.now + more["valid"]} if "valid" in more else {}
        return links.issue(tx, purpose, "referral:5", recipient, **ends)


def opens(begin: Begin, token: str, purpose: str = "referral_answer") -> bool:
    with begin() as tx:
        return links.find(tx.session, purpose, token, tx.now) is not None


def test_a_link_opens_its_target_for_its_purpose_only(begin: Begin, settings: Settings) -> None:
    token = links.token(issue(begin), settings)
    assert len(token) == 43
    assert opens(begin, token)
    assert not opens(begin, token, "case_status")
    assert not opens(begin, token[::-1])
    assert not opens(begin, "")


def test_a_reminder_carries_the_same_link(begin: Begin, settings: Settings) -> None:
    assert links.url(issue(begin), settings) == links.url(issue(begin), settings)


def test_each_recipient_has_a_link_of_their_own(begin: Begin, settings: Settings) -> None:
    assert links.token(issue(begin), settings) != links.token(issue(begin, recipient="office:18"), settings)


def test_links_for_signing_in_are_always_new(begin: Begin, settings: Settings) -> None:
    first, second = issue(begin, "sign_in"), issue(begin, "sign_in")
    assert links.token(first, settings) != links.token(second, settings)


def test_addresses_begin_with_the_public_url(begin: Begin, settings: Settings) -> None:
    for purpose, path in (("referral_answer", "/r/"), ("case_status", "/s/"), ("sign_in", "/login/")):
        assert links.url(issue(begin, purpose), settings).startswith(f"https://lotse.example{path}")


def test_a_link_expires(begin: Begin, settings: Settings, clock: SetClock) -> None:
    token = links.token(issue(begin, valid=timedelta(minutes=10)), settings)
    clock.advance(timedelta(minutes=10) - timedelta(seconds=1))
    assert opens(begin, token)
    clock.advance(timedelta(seconds=1))
    assert not opens(begin, token)


def test_a_revoked_link_is_dead_and_a_new_one_can_be_issued(begin: Begin, settings: Settings) -> None:
    token, status = links.token(issue(begin), settings), links.token(issue(begin, "case_status"), settings)
    with begin() as tx:
        links.revoke(tx, "referral:5", "referral_answer")
    assert not opens(begin, token)
    assert opens(begin, status, "case_status")
    assert opens(begin, links.token(issue(begin), settings))
    with begin() as tx:
        links.revoke(tx, "referral:5")
    assert not opens(begin, status, "case_status")


def test_the_database_alone_does_not_give_the_link(begin: Begin, settings: Settings) -> None:
    token = links.token(issue(begin), settings)
    stolen = replace(settings, secret_key=b"a guess of the secret key, 32 by")
    with begin() as tx:
        link = tx.session.scalars(select(Link)).one()
        assert links.token(link, stolen) != token
        assert token.encode() not in link.token_hash + link.nonce
        # After a change of key a mail must not carry the old, now dead, address.
        tx.settings = stolen
        renewed = links.issue(tx, "referral_answer", "referral:5", "office:17")
        assert links.find(tx.session, "referral_answer", links.token(renewed, stolen), tx.now) is renewed
