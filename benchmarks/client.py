"""A program that talks to the house over one kept connection and times every answer."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage
from statistics import median, quantiles
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlencode

Work = TypeVar("Work")
Answerer = Callable[["Client", Work], "list[Answer]"]


class Unreachable(Exception):
    """Nobody answers at that address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and seconds from the first byte sent to the last received."""

    status: int
    body: bytes
    seconds: float
    headers: HTTPMessage

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """One connection, opened anew when the server has closed it."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> Answer:
        """Read."""
        return self._send("GET", path, None, {})

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Send JSON."""
        return self._send("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def submit(self, path: str, fields: Mapping[str, Any]) -> Answer:
        """Send a form as a browser does."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, urlencode(fields).encode(), form)

    def _send(self, method: str, path: str, body: bytes | None, more: Mapping[str, str]) -> Answer:
        for attempt in (1, 2):
            begun = time.perf_counter()
            try:
                self._connection.request(method, path, body, {**self.headers, **more})
                answer = self._connection.getresponse()
                read = answer.read()
                return Answer(answer.status, read, time.perf_counter() - begun, answer.headers)
            except (OSError, HTTPException) as error:
                # A kept connection that the server closed while idle: once more on a new one.
                self._connection.close()
                if attempt == 2:
                    raise Unreachable(str(error)) from error
        raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class Timings:
    """What a row of answers took; milliseconds."""

    p50: float
    p95: float
    count: int


def timings(answers: Sequence[Answer]) -> Timings:
    """Median and 95th percentile."""
    taken = [answer.seconds * 1000 for answer in answers]
    return Timings(median(taken), quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0], len(taken))


@dataclass(frozen=True, slots=True)
class Crowd:
    """What several clients at once were answered, and how long all of it took."""

    answers: list[Answer]
    seconds: float

    @property
    def per_second(self) -> float:
        """Answers of success per second."""
        return sum(answer.status < 400 for answer in self.answers) / self.seconds

    @property
    def errors(self) -> int:
        """Answers that were no success."""
        return sum(answer.status >= 400 for answer in self.answers)


def crowd(clients: Sequence[Client], shares: Sequence[Work], work: Answerer[Work]) -> Crowd:
    """Every client does its share at the same time as the others."""
    answers: list[list[Answer]] = [[] for _ in clients]

    def one(number: int) -> None:
        answers[number] = work(clients[number], shares[number])

    threads = [Thread(target=one, args=(number,)) for number in range(len(clients))]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Crowd([answer for each in answers for answer in each], time.perf_counter() - begun)
