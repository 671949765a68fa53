"""The two cookies: a person's session and a device's grant. `__Host-` and Secure where TLS is on (RFC 6265bis, 4.1.3.2)."""

import hmac
from hashlib import sha256

from starlette.responses import Response

SESSION = "bedflow"
DEVICE = "bedflow-device"
PAIRING = "bedflow-pairing"
_TEN_YEARS = 10 * 365 * 86400
_TEN_MINUTES = 600


def cookie_name(name: str, *, secure: bool) -> str:
    """The name a browser keeps it under."""
    return f"__Host-{name}" if secure else name


def set_cookie(response: Response, name: str, secret: str, *, secure: bool) -> None:
    """Hand a secret to the browser: no script reads it, no other site sends it. A session's ends with the browser."""
    lasting = {SESSION: None, DEVICE: _TEN_YEARS, PAIRING: _TEN_MINUTES}[name]
    response.set_cookie(cookie_name(name, secure=secure), secret, max_age=lasting, path="/", secure=secure, httponly=True, samesite="lax")


def drop_cookie(response: Response, name: str, *, secure: bool) -> None:
    """Make the browser forget it."""
    response.delete_cookie(cookie_name(name, secure=secure), path="/", secure=secure, httponly=True, samesite="lax")


def csrf_token(secret: str) -> str:
    """What a form must send back: only a page that was given this cookie's token can know it."""
    return hmac.new(secret.encode(), b"bedflow csrf", sha256).hexdigest()[:32]
