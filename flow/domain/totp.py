"""Codes of an authenticator app: RFC 6238 as every such app has it (SHA-1, six digits, thirty seconds). Pure."""

import hmac
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

SECONDS, DIGITS = 30, 6
SKEW = 1
"""Steps by which a telephone's clock may be wrong, either way."""


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a step of thirty seconds (RFC 4226, 5.3)."""
    mac = hmac.digest(secret, step.to_bytes(8), "sha1")
    place = mac[-1] & 15
    number = int.from_bytes(mac[place : place + 4]) & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(at: datetime) -> int:
    """Which step a moment falls into."""
    return int(at.timestamp()) // SECONDS


def matching(secret: bytes, code: str, at: datetime) -> int | None:
    """The step whose code this is, of those round a moment; None for any other code."""
    now = step_of(at)
    right = [step for step in range(now - SKEW, now + SKEW + 1) if hmac.compare_digest(code_at(secret, step).encode(), code.encode())]
    return max(right, default=None)


def letters(secret: bytes) -> str:
    """The secret as people type it where no camera is: fours of letters and digits."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def address(secret: bytes, account: str, issuer: str) -> str:
    """What an app's camera reads (the key URI format that apps share)."""
    asked = urlencode({"secret": letters(secret).replace(" ", ""), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{account}')}?{asked}"
