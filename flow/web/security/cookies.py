"""The two cookies: a person's session and a device's grant. `__Host-` and Secure where TLS is on (RFC 6265bis, 4.1.3.2)."""

import hmac
import secrets
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

SESSION = "bedflow"
DEVICE = "bedflow-device"
PAIRING = "bedflow-pairing"
KNOWN = "bedflow-known"
PROVIDER = "bedflow-provider"
_TEN_YEARS = 10 * 365 * 86400
_TEN_MINUTES = 600


def cookie_name(name: str, *, secure: bool) -> str:
    """The name a browser keeps it under."""
    return f"__Host-{name}" if secure else name


def set_cookie(response: Response, name: str, secret: str, *, secure: bool) -> None:
    """Hand a secret to the browser: no script reads it, no other site sends it. A session's ends with the browser."""
    lasting = {SESSION: None, DEVICE: _TEN_YEARS, PAIRING: _TEN_MINUTES, KNOWN: _TEN_YEARS, PROVIDER: _TEN_MINUTES}[name]
    response.set_cookie(cookie_name(name, secure=secure), secret, max_age=lasting, path="/", secure=secure, httponly=True, samesite="lax")


def renew_device(request: Request, response: Response, *, secure: bool) -> Response:
    """Browsers forget a cookie after 400 days at most: each page a device loads starts the count again."""
    secret = request.cookies.get(cookie_name(DEVICE, secure=secure))
    if secret:
        set_cookie(response, DEVICE, secret, secure=secure)
    return response


def drop_cookie(response: Response, name: str, *, secure: bool) -> None:
    """Make the browser forget it."""
    response.delete_cookie(cookie_name(name, secure=secure), path="/", secure=secure, httponly=True, samesite="lax")


def csrf_key(secret: str) -> bytes:
    """What a cookie's CSRF tokens are made with; it never leaves the server."""
    return hmac.new(secret.encode(), b"bedflow csrf", sha256).digest()


def csrf_token(key: bytes) -> str:
    """What a form must send back: only a page made for this cookie can know one. Each page gets another, all of them hold."""
    nonce = secrets.token_hex(8)
    return nonce + _signed(key, nonce)


def is_csrf_token(key: bytes, token: str) -> bool:
    """Whether a form sent one of this cookie's tokens."""
    nonce, signature = token[:16], token[16:]
    return hmac.compare_digest(_signed(key, nonce).encode(), signature.encode())


def _signed(key: bytes, nonce: str) -> str:
    return hmac.new(key, nonce.encode(), sha256).hexdigest()[:32]
