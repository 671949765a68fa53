"""Browsers that have signed in with a name before: each is given a keyed cookie for it, and is not slowed when strangers guess at that
name (OWASP, Device Cookies). Nothing is stored: the cookie proves itself."""

import hmac
import secrets
from hashlib import sha256

_PEOPLE = 12
"""How many people one browser is known for, the last signed in first: a ward's workstation has several."""


class KnownBrowsers:
    """Makes and reads the cookie's value: numbers, each with the digest that ties it to one name."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def number(self, value: str, account: str) -> str:
        """The number by which a browser is known for a name; empty for a stranger."""
        for entry in value.split("~")[:_PEOPLE]:
            number, _, mac = entry.partition(".")
            if number and hmac.compare_digest(self._mac(number, account).encode(), mac.encode()):
                return number
        return ""

    def met(self, value: str, account: str) -> str:
        """The value after somebody has signed in."""
        known = self.number(value, account)
        number = known or secrets.token_hex(8)
        others = [entry for entry in value.split("~") if entry and entry.partition(".")[0] != number]
        return "~".join([f"{number}.{self._mac(number, account)}", *others][:_PEOPLE])

    def _mac(self, number: str, account: str) -> str:
        return hmac.new(self._key, f"{number}\0{account}".encode(), sha256).hexdigest()[:32]
