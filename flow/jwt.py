"""JSON Web Tokens of another system (RFC 7519), believed only by keys that the hospital was given.

Pure: token, keys and time are arguments. A key serves one algorithm (RFC 8725, section 3.1), so that nobody can sign with an RSA public
key as if it were a shared secret; what a token says of its own key (`jwk`, `jku`, `x5c`) is not read, and `none` is no algorithm.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from flow.errors import BedflowError

RS256, HS256 = "RS256", "HS256"
LONGEST = 8192
LEEWAY = timedelta(seconds=60)
LEAST_RSA_BITS, LEAST_SECRET = 2048, 32
"""RFC 7518: sections 3.3 (bits) and 3.2 (bytes)."""
_EXPONENT = "AQAB"
_PART = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class Untrusted(BedflowError):
    """The token is none, is not signed by a key we know, or does not hold now; `code` says which."""

    code = "untrusted"


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its id (`kid`): for RS256 `text` is the public key (PEM, or the modulus as a JWK set writes it, with exponent 65537), for
    HS256 the secret."""

    id: str
    alg: str
    text: str = field(repr=False)


def check_key(key: Key) -> None:
    """Raises ValueError saying what is wrong with it."""
    if key.alg == RS256:
        _public(key.text)
    elif len(key.text.encode()) < LEAST_SECRET:
        raise ValueError(f"a secret for HS256 has at least {LEAST_SECRET} bytes")


class _Jwk(msgspec.Struct):
    kid: str = ""
    kty: str = ""
    alg: str = RS256
    use: str = "sig"
    n: str = ""
    e: str = ""


class _JwkSet(msgspec.Struct):
    keys: list[_Jwk]


def published(body: bytes) -> tuple[Key, ...]:
    """The keys for RS256 of a JWK set (RFC 7517); those for something else are left out. Raises ValueError where none is left."""
    try:
        listed = msgspec.json.decode(body, type=_JwkSet).keys
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("no JWK set") from None
    found = tuple(Key(each.kid, RS256, each.n) for each in listed if each.kid and _serves(each))
    if not found:
        raise ValueError("no key of the JWK set is one for RS256")
    return found


def _serves(jwk: _Jwk) -> bool:
    if (jwk.kty, jwk.alg, jwk.use, jwk.e) != ("RSA", RS256, "sig", _EXPONENT):
        return False
    try:
        _public(jwk.n)
    except ValueError:
        return False
    return True


def verified(token: str, keys: Iterable[Key], at: datetime, *, issuer: str = "", audience: str = "") -> Mapping[str, Any]:
    """The claims of a token that one of the keys has signed and that holds at a time. Raises Untrusted."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise Untrusted("This is no signed token.", code="no-token")
    head, claims, signature = _object(parts[0]), _object(parts[1]), _bytes(parts[2])
    key = next((key for key in keys if key.id == head.get("kid") and key.alg == head.get("alg")), None)
    if key is None or "crit" in head:
        raise Untrusted("The token is not signed by a key and algorithm that were configured.", code="unknown-key")
    if not _is_signed(key, f"{parts[0]}.{parts[1]}".encode(), signature):
        raise Untrusted("The token's signature is wrong.", code="bad-signature")
    _check_times(claims, at)
    if issuer and claims.get("iss") != issuer:
        raise Untrusted("The token is somebody else's.", code="other-issuer")
    said = claims.get("aud")
    if audience and audience not in (said if isinstance(said, list) else [said]):
        raise Untrusted("The token is meant for somebody else.", code="other-audience")
    return claims


def _is_signed(key: Key, message: bytes, signature: bytes) -> bool:
    if key.alg == HS256:
        return hmac.compare_digest(hmac.digest(key.text.encode(), message, sha256), signature)
    try:
        _public(key.text).verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _check_times(claims: Mapping[str, Any], at: datetime) -> None:
    now, late = at.timestamp(), LEEWAY.total_seconds()
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if not all(isinstance(time, int | float) and not isinstance(time, bool) for time in times.values()):
        raise Untrusted("The token's times are none.", code="no-token")
    if "exp" not in times or times["exp"] + late < now:
        raise Untrusted("The token has expired, or never does.", code="expired")
    if any(times[name] - late > now for name in ("nbf", "iat") if name in times):
        raise Untrusted("The token does not hold yet.", code="not-yet")


def _public(text: str) -> rsa.RSAPublicKey:
    try:
        if "BEGIN" in text:
            found = load_pem_public_key(text.encode())
        else:
            found = rsa.RSAPublicNumbers(65537, int.from_bytes(_bytes(text.strip()))).public_key()
    except (ValueError, UnsupportedAlgorithm, Untrusted):
        raise ValueError("no public RSA key: give its PEM, or the modulus (n) as a JWK set has it") from None
    if not isinstance(found, rsa.RSAPublicKey) or found.key_size < LEAST_RSA_BITS:
        raise ValueError(f"a key for RS256 is an RSA key of at least {LEAST_RSA_BITS} bits")
    return found


def _object(part: str) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(_bytes(part))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Untrusted("This is no signed token.", code="no-token")
    return found


def _bytes(part: str) -> bytes:
    """Base64url without padding, in its one spelling."""
    try:
        found = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        found = b""
    if not found or urlsafe_b64encode(found).rstrip(b"=") != part.encode():
        raise Untrusted("This is no signed token.", code="no-token")
    return found
