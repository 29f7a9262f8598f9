"""Chromium looking at the pages of the demonstration as the people who use them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.e2e.walk import Demo, Place, user_of

DESKTOP, PHONE = 1280, 390
HEIGHT = 800
OPENS = 'main form[action$="/open"] button'
"""The button of a neutral page: what lies behind it is a page of its own."""


@dataclass(frozen=True)
class Look:
    """One page in one language at one width."""

    place: Place
    language: str
    width: int

    @property
    def name(self) -> str:
        """For a file or a complaint."""
        return f"{self.place.name}-{self.language}-{self.width}"


@dataclass
class Eyes:
    """Opens pages, signed in as whoever a page is for; what the browser complains about is kept."""

    browser: Browser
    demo: Demo
    complaints: list[tuple[Look, str]] = field(default_factory=list)
    files: set[Look] = field(default_factory=set)
    _contexts: dict[tuple[str | None, int], BrowserContext] = field(default_factory=dict)

    @contextmanager
    def at(self, look: Look) -> Iterator[tuple[Page, int, bool]]:
        """What lies there, its status, and whether it is a whole page: files and fragments have no look."""
        page = self._context(look.place.role, look.width).new_page()
        page.on("console", lambda message: self._note(look, message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(look, str(error)))
        try:
            mark = "&" if "?" in look.place.path else "?"
            answer = page.goto(f"{self.demo.address}{look.place.path}{mark}lang={look.language}")
            assert answer is not None
            # Asked of the browser: what it was sent can be waited for in vain (the event of its end may get lost).
            is_page = _is_html(answer) and bool(page.evaluate("document.doctype !== null"))
            if not is_page:
                self.files.add(look)
            yield page, answer.status, is_page
        finally:
            page.close()

    def complained(self) -> list[str]:
        """What the browser complained about since the last time; its own way to show a file is none of ours."""
        found, self.complaints = self.complaints, []
        return [f"{look.name}: {text}" for look, text in found if look not in self.files]

    def close(self) -> None:
        """Forget everybody."""
        for context in self._contexts.values():
            context.close()
        self._contexts.clear()

    def _note(self, look: Look, text: str) -> None:
        # A page that answers 404 or 410 on purpose is noted by the browser as well.
        if "the server responded with a status of 4" not in text:
            self.complaints.append((look, text))

    def _context(self, role: str | None, width: int) -> BrowserContext:
        if (role, width) not in self._contexts:
            context = self.browser.new_context(viewport={"width": width, "height": HEIGHT}, locale="de-DE")
            if role is not None:
                self._sign_in(context, role)
            self._contexts[role, width] = context
        return self._contexts[role, width]

    def _sign_in(self, context: BrowserContext, role: str) -> None:
        page = context.new_page()
        page.goto(f"{self.demo.address}/login?lang=de")
        page.get_by_label("E-Mail-Adresse").fill(user_of(role).email)
        page.get_by_label("Passwort").fill(user_of(role).password)
        page.get_by_role("button", name="Anmelden", exact=True).click()
        page.wait_for_url(lambda address: "/login" not in address)  # a page that is closed on its way may never close
        page.close()


def _is_html(answer: Response) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html")


def looks(places: Sequence[Place]) -> list[Look]:
    """Every sample once as the first role that sees it, every other role's first one; widths take turns.

    The very first is looked at in both widths; public ones in Arabic, too, at the other width.
    """
    found: list[Look] = []
    seen: set[str | None] = set()
    for number, place in enumerate(places):
        if place.role in seen and place.role != places[0].role:
            continue
        seen.add(place.role)
        width, other = (PHONE, DESKTOP) if number % 2 else (DESKTOP, PHONE)
        found.append(Look(place, "de", width))
        if place.role is None:
            found.append(Look(place, "ar", other))
        elif number == 0:
            found.append(Look(place, "de", other))
    return found
