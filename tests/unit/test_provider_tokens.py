"""Whose tokens are believed of the hospital's provider of sign-ins: those that it signed, for us, now, for this sign-in, and no others."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from flow.domain.sign_in_rules import SignInRules
from flow.jwt import Untrusted
from flow.oidc.person import Person, person_of
from flow.oidc.tokens import LOGGED_OUT, id_token, keys_of, logout_token

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER, CLIENT, NONCE, ACCESS = "https://sso.example", "bedflow", "n-1", "an access token"
RSA = RSAKey.generate_key(2048, {"kid": "r"})
EC = ECKey.generate_key("P-256", {"kid": "e"})
OTHER = RSAKey.generate_key(2048, {"kid": "r"})
GOOD: Mapping[str, Any] = {"iss": ISSUER, "sub": "u1", "aud": CLIENT, "exp": AT + 600, "iat": AT, "nonce": NONCE, "auth_time": AT - 10}


def published(*keys: Any, **more: Any) -> KeySet:
    return keys_of({"keys": [{**key.as_dict(private=False), **more} for key in keys or (RSA, EC)]})


def signed(claims: Mapping[str, Any], key: Any = RSA, alg: str = "RS256", **header: Any) -> str:
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, dict(claims), key, algorithms=[alg])


def read(token: str, keys: KeySet | None = None) -> Mapping[str, Any]:
    return id_token(token, keys or published(), NOW, issuer=ISSUER, client=CLIENT, nonce=NONCE, access_token=ACCESS)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


def test_a_token_of_now_for_us_is_believed() -> None:
    assert read(signed(GOOD))["sub"] == "u1"
    assert read(signed(GOOD, EC, "ES256"))["sub"] == "u1"
    half = urlsafe_b64encode(sha256(ACCESS.encode()).digest()[:16]).rstrip(b"=").decode()
    assert read(signed({**GOOD, "aud": [CLIENT], "at_hash": half}))["sub"] == "u1"
    assert read(signed({**GOOD, "aud": [CLIENT, "other"], "azp": CLIENT}))["sub"] == "u1"


@pytest.mark.parametrize(
    "claims",
    [
        {**GOOD, "iss": "https://sso.example/"},
        {**GOOD, "iss": "https://other.example"},
        without("iss"),
        {**GOOD, "aud": "other"},
        {**GOOD, "aud": [CLIENT, "other"], "azp": "other"},
        {**GOOD, "aud": [CLIENT, "other"]},
        without("aud"),
        {**GOOD, "exp": AT - 61},
        without("exp"),
        {**GOOD, "iat": AT - 361},
        {**GOOD, "iat": AT + 61},
        {**GOOD, "iat": "now"},
        without("iat"),
        {**GOOD, "nonce": "n-2"},
        without("nonce"),
        {**GOOD, "sub": ""},
        {**GOOD, "sub": "x" * 256},
        {**GOOD, "sub": 7},
        without("sub"),
        {**GOOD, "auth_time": "yesterday"},
        {**GOOD, "auth_time": True},
        {**GOOD, "amr": "mfa"},
        {**GOOD, "nbf": AT + 3600},
        {**GOOD, "at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_a_claim_that_is_not_as_it_must_be_is_refused(claims: Mapping[str, Any]) -> None:
    with pytest.raises(Untrusted):
        read(signed(claims))


def test_only_listed_algorithms_with_published_keys_sign() -> None:
    body = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    secret = RSA.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    as_secret = jwt.encode({"alg": "HS256", "kid": "r"}, dict(GOOD), OctKey.import_key(secret.hex()), algorithms=["HS256"])
    for token in (
        signed(GOOD, OTHER),
        as_secret,
        f"{body}.{signed(GOOD).split('.')[1]}.",
        signed(GOOD)[:-8] + "AAAAAAAA",
        "no.token.at-all",
        "",
        "x" * 20_000,
    ):
        with pytest.raises(Untrusted):
            read(token)
    with pytest.raises(Untrusted) as told:
        read(signed(GOOD), published(EC))
    assert told.value.code == "unknown-key", "which asks for newer keys"


def test_keys_that_do_not_sign_are_left_out() -> None:
    with pytest.raises(ValueError, match="no JWK set"):
        published(RSA, use="enc")
    with pytest.raises(ValueError, match="no JWK set"):
        keys_of({"keys": [{"kty": "oct", "kid": "r", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"}]})
    for nothing in ({}, {"keys": []}, {"keys": "none"}, {"keys": [7]}):
        with pytest.raises(ValueError, match="no JWK set"):
            keys_of(nothing)


OUT: Mapping[str, Any] = {"iss": ISSUER, "aud": CLIENT, "iat": AT, "exp": AT + 120, "jti": "j", "sub": "u1", "events": {LOGGED_OUT: {}}}


def said_out(claims: Mapping[str, Any], typ: str = "logout+jwt") -> Mapping[str, Any]:
    return logout_token(signed(claims, typ=typ), published(), NOW, issuer=ISSUER, client=CLIENT)


def test_a_logout_token_is_none_of_another_kind() -> None:
    assert said_out(OUT)["sub"] == "u1"
    assert said_out({**{k: v for k, v in OUT.items() if k != "sub"}, "sid": "s1"})["sid"] == "s1"
    refused = [
        ({**OUT, "nonce": "n"}, "logout+jwt"),
        ({**OUT, "events": {}}, "logout+jwt"),
        ({**OUT, "events": "out"}, "logout+jwt"),
        (OUT, "JWT"),
        ({**OUT, "iss": "https://other.example"}, "logout+jwt"),
        ({**OUT, "aud": "other"}, "logout+jwt"),
        ({**OUT, "iat": AT - 361}, "logout+jwt"),
        ({**OUT, "exp": AT - 61}, "logout+jwt"),
        ({k: v for k, v in OUT.items() if k != "sub"}, "logout+jwt"),
    ]
    for claims, typ in refused:
        with pytest.raises(Untrusted):
            said_out(claims, typ)
    with pytest.raises(Untrusted):
        read(signed(OUT, typ="logout+jwt"))


def person(**claims: Any) -> Person:
    return person_of({**GOOD, **claims}, SignInRules())


def test_what_the_claims_say_of_somebody() -> None:
    found = person(name="Asha Rao", preferred_username="asha", groups=["desk", 7], amr=["pwd", "otp"], sid="s1")
    assert found == Person(ISSUER, "u1", "asha", "Asha Rao", ("desk",), True, datetime.fromtimestamp(AT - 10, UTC), "s1")
    assert (person(email="asha@h.example").username, person().username, person(name="a\nb").shown_as) == ("asha@h.example", "u1", "u1")
    assert person(groups="desk").groups == ("desk",) and person(groups={"desk": 1}).groups == ()
    assert len(person(name="n" * 500).shown_as) == 80


@pytest.mark.parametrize(
    ("claims", "strong"),
    [
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["pwd", "mfa"]}, True),
        ({"amr": ["hwk"]}, True),
        ({"acr": "0"}, False),
        ({"acr": "https://refeds.org/profile/mfa"}, True),
        ({"acr": "phr"}, True),
    ],
)
def test_more_than_a_password_is_what_amr_or_acr_say(claims: dict[str, Any], strong: bool) -> None:
    assert person(**claims).strong is strong
