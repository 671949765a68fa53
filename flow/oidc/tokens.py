"""Whether a token is the provider's, meant for us, and of now (OpenID Connect Core 3.1.3.7, Back-Channel Logout 2.6). No I/O: keys and time
are arguments. Signatures are joserfc's, the claims of an ID token Authlib's; algorithms are by a list of ours, none of them by a secret."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from flow.jwt import LONGEST, Untrusted

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=5)
"""So long after it was made a token is taken: it comes straight from the provider."""
LOGGED_OUT = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST_ID = 255
_KINDS = ("RSA", "EC")


def keys_of(published: Mapping[str, Any]) -> KeySet:
    """The keys that sign, of a JWK set (RFC 7517). Raises ValueError where there is none."""
    listed = published.get("keys")
    found = [key for key in listed if _signs(key)] if isinstance(listed, list) else []
    try:
        return KeySet.import_key_set({"keys": found})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ValueError("no JWK set with a public key that signs") from error


def _signs(key: object) -> bool:
    return isinstance(key, dict) and key.get("kty") in _KINDS and key.get("use", "sig") == "sig"


def id_token(token: str, keys: KeySet, at: datetime, *, issuer: str, client: str, nonce: str, access_token: str) -> Mapping[str, Any]:
    """The claims of an ID token. Raises Untrusted: `unknown-key` where newer keys may help."""
    found = _signed(token, keys)
    wanted = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client}, "nonce": {"essential": True}}
    told = {"nonce": nonce, "client_id": client, "access_token": access_token}
    claims = CodeIDToken(found.claims, found.header, wanted, told)
    try:
        claims.validate(now=int(at.timestamp()), leeway=int(LEEWAY.total_seconds()))
    except (JoseError, ValueError, TypeError) as error:
        raise Untrusted(f"The sign-in does not hold ({getattr(error, 'claim', type(error).__name__)}).", code="bad-claim") from None
    _check_made(claims, at)
    _check_subject(claims)
    return dict(claims)


def logout_token(token: str, keys: KeySet, at: datetime, *, issuer: str, client: str) -> Mapping[str, Any]:
    """The claims of a logout token, which is none of any other kind. Raises Untrusted."""
    found = _signed(token, keys)
    claims, events = found.claims, found.claims.get("events")
    if found.header.get("typ") != "logout+jwt" or "nonce" in claims or not isinstance(events, dict) or LOGGED_OUT not in events:
        raise Untrusted("This is no logout token.", code="no-token")
    said = claims.get("aud")
    if claims.get("iss") != issuer or client not in (said if isinstance(said, list) else [said]):
        raise Untrusted("The token is somebody else's.", code="other-issuer")
    _check_made(claims, at)
    expires = claims.get("exp")
    if expires is not None and (not _is_time(expires) or expires + LEEWAY.total_seconds() < at.timestamp()):
        raise Untrusted("The token has expired.", code="expired")
    if "sid" not in claims:
        _check_subject(claims)
    return claims


def _signed(token: str, keys: KeySet) -> jwt.Token:
    if len(token) > 2 * LONGEST:
        raise Untrusted("This is no token of a usual length.", code="no-token")
    try:
        return jwt.decode(token, keys, registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False))
    except InvalidKeyIdError:
        raise Untrusted("The token is signed by a key that is not published.", code="unknown-key") from None
    except (JoseError, ValueError, TypeError) as error:
        raise Untrusted(f"The token is not signed as it must be ({type(error).__name__}).", code="bad-signature") from None


def _check_made(claims: Mapping[str, Any], at: datetime) -> None:
    """When it was made, and when its owner was last asked, are times, and of now."""
    made, shown = claims.get("iat"), claims.get("auth_time")
    if not _is_time(made) or not (shown is None or _is_time(shown)):
        raise Untrusted("The token's times are none.", code="bad-claim")
    age = at.timestamp() - made
    if not -LEEWAY.total_seconds() <= age <= (OLDEST + LEEWAY).total_seconds():
        raise Untrusted("The token is not of now. Do the clocks agree?", code="expired")


def _check_subject(claims: Mapping[str, Any]) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_ID or not subject.isprintable():
        raise Untrusted("The token does not say whose it is.", code="bad-claim")


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1 << 40
