"""The same work through the pages: a signed-in browser reads its inbox and sends the real form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks import work
from benchmarks.client import Answer, Client, Crowd, Timings, crowd, timings
from benchmarks.house import COORDINATOR, OFFICE, PASSWORD, House
from benchmarks.one_client import Meter, start

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Forms:
    """Completions by form, and what the web processes spend on one; opening the page is measured beside it."""

    complete: Timings
    opened: Timings
    web_cpu: float


@dataclass(frozen=True, slots=True)
class Inbox:
    """The page with 25 tasks."""

    page: Timings
    size: int


class Browser(Client):
    """A client that keeps its cookies."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.cookies: dict[str, str] = {}

    def _send(self, method: str, path: str, body: bytes | None, more: Mapping[str, str]) -> Answer:
        answer = super()._send(method, path, body, more)
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return answer


def signed_in(house: House, email: str) -> Browser:
    """A browser of that person."""
    browser = Browser(house.port)
    token = _csrf(browser.get("/login"))
    sent = browser.submit("/login", {"email": email, "password": PASSWORD, "csrf_token": token})
    assert sent.status == 302, sent.status
    return browser


def _csrf(page: Answer) -> str:
    found = CSRF.search(page.body.decode())
    assert found is not None
    return found[1]


def forms(house: House, many: int) -> Forms:
    """Open the first task of ``many`` instances, then send all forms; sign-in is not part of it."""
    browser, program = signed_in(house, COORDINATOR), house.client()
    meter = Meter(house.web.pid, None)
    task_ids = [start(program).json["open_tasks"][0]["id"] for _ in range(many)]
    pages = [browser.get(f"/tasks/{task_id}") for task_id in task_ids]
    token = _csrf(pages[-1])
    meter.begin()
    sent = [
        browser.submit(f"/tasks/{task_id}/complete", {**_typed(work.VALUES[0]), "csrf_token": token})
        for task_id in task_ids
    ]
    meter.end(many)
    assert all(answer.status == 302 for answer in sent), sent[0].status
    return Forms(timings(sent), timings(pages), meter.cost.web)


def many_browsers(house: House, many: int) -> Crowd:
    """Eight people send forms as fast as they are answered; opening the tasks is not part of it."""
    share, program = many // CLIENTS, house.client()
    browsers = [signed_in(house, COORDINATOR) for _ in range(CLIENTS)]
    task_ids = [[start(program).json["open_tasks"][0]["id"] for _ in range(share)] for _ in browsers]
    tokens = [_csrf(browser.get(f"/tasks/{mine[0]}")) for browser, mine in zip(browsers, task_ids, strict=True)]
    work_of = list(zip(tokens, task_ids, strict=True))
    return crowd(browsers, work_of, _send_all)


def _send_all(browser: Client, work_of: tuple[str, list[int]]) -> list[Answer]:
    token, task_ids = work_of
    values = {**_typed(work.VALUES[0]), "csrf_token": token}
    return [browser.submit(f"/tasks/{task_id}/complete", values) for task_id in task_ids]


def _typed(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as somebody types them; a checkbox that is not ticked is not sent."""
    return {key: "on" if value is True else str(value) for key, value in values.items() if value is not False}


def inbox(house: House, rounds: int = 50) -> Inbox:
    """The inbox of the person in three groups who stands in for somebody."""
    browser = signed_in(house, OFFICE)
    pages = [browser.get("/inbox") for _ in range(rounds)]
    assert all(page.status == 200 for page in pages), pages[0].status
    return Inbox(timings(pages[2:]), len(pages[0].body))
