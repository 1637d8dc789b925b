"""Who may come in: what a browser shows that knew the password once, and how long a wrong guess has to wait.

Knows no route and no page. The cookie is signed, so nothing is kept of who is in, and a restart sends nobody out.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address

from studio.errors import StudioError

GOOD_FOR = 30 * 86_400.0  # seconds that a browser stays in
FREE = 3  # wrong guesses that wait for nothing,
FIRST_WAIT, GROWTH, LONGEST_WAIT = 60.0, 4, 900.0  # and what those after them wait: seconds, times, at most
TOGETHER = 30  # wrong guesses from anywhere but a known browser, from which on all of those wait for each other
FORGOTTEN_AFTER = 86_400.0  # seconds
MOST_GUESSERS = 10_000
ANYWHERE = "anywhere"


@dataclass
class Guesses:
    """Wrong ones only; a right one ends the count."""

    wrong: int = 0
    last: float = 0.0


class Doorkeeper:
    """The password, and the guesses at it.

    Wrong guesses are counted by browser where it knew the password once (OWASP's device cookies), else by address, and
    all of the latter together: so neither one who guesses nor a thousand of them can keep a known browser out.
    """

    def __init__(self, password: str, secret: bytes, now: Callable[[], float] = time.time) -> None:
        self._password = password.encode()
        self._key = hmac.digest(secret, self._password, "sha256")  # another password: nobody is in any more
        self._guesses: OrderedDict[str, Guesses] = OrderedDict()
        self._now = now

    def admits(self, cookie: str) -> bool:
        """Whether this cookie is one that `knock` gave out in the last GOOD_FOR seconds."""
        issued = self._issued(cookie)
        return issued is not None and 0 <= self._now() - issued < GOOD_FOR

    def knock(self, password: str, address: str, cookie: str = "") -> str:
        """The cookie of one who knows the password.

        Raises StudioError serve.wrong_password, or serve.wait with the seconds that are left, in which not even the
        right password is looked at.
        """
        counted = [cookie] if self._issued(cookie) is not None else [network(address), ANYWHERE]
        if left := max(map(self._wait, counted)):
            raise StudioError("serve.wait", seconds=round(left) + 1)
        if not hmac.compare_digest(password.encode(), self._password):
            for who in counted:
                self._count(who)
            raise StudioError("serve.wrong_password")
        for who in counted:
            self._guesses.pop(who, None)
        return self._signed(f"{int(self._now())}.{secrets.token_hex(16)}")

    def _wait(self, who: str) -> float:
        guesses = self._guesses.get(who, Guesses())
        beyond = guesses.wrong - (TOGETHER if who == ANYWHERE else FREE)
        if beyond < 0:
            return 0.0
        wait = min(FIRST_WAIT * GROWTH ** min(beyond, 8), LONGEST_WAIT)
        return max(0.0, guesses.last + wait - self._now())

    def _count(self, who: str) -> None:
        now = self._now()
        guesses = self._guesses.pop(who, Guesses())
        wrong = guesses.wrong + 1 if now - guesses.last < FORGOTTEN_AFTER else 1
        self._guesses[who] = Guesses(wrong, now)
        while len(self._guesses) > MOST_GUESSERS:
            self._guesses.popitem(last=False)

    def _signed(self, said: str) -> str:
        return f"{said}.{hmac.new(self._key, said.encode(), sha256).hexdigest()}"

    def _issued(self, cookie: str) -> float | None:
        """When a cookie that this door gave out was given, in seconds since 1970; None for any other."""
        said, _, _ = cookie.rpartition(".")
        genuine = hmac.compare_digest(self._signed(said).encode(), cookie.encode())
        return float(said.partition(".")[0]) if genuine else None


def network(address: str) -> str:
    """Whose guesses are counted together: an IPv4 address, or the /64 that an IPv6 customer has."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return str(ip) if ip.version == 4 else f"{int(ip) >> 64:x}::"
