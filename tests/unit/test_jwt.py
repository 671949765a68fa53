"""Tokens of another system: believed when one of our keys signed them, for that key's algorithm, now; never otherwise."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.jwt import HS256, RS256, Key, Untrusted, check_key, verified
from tests.abdm_gateway import KID, SECRET, modulus, pem, private, text, token

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
KEYS = (Key(KID, RS256, pem()), Key("shared", HS256, SECRET))


def code(said: str, at: datetime = AT, keys: tuple[Key, ...] = KEYS, **more: str) -> str:
    with pytest.raises(Untrusted) as refusal:
        verified(said, keys, at, **more)
    assert said not in str(refusal.value)
    return refusal.value.code


def test_what_our_keys_signed_is_believed() -> None:
    assert verified(token(AT), KEYS, AT)["iss"] == "gateway"
    assert verified(token(AT, alg=HS256, kid="shared"), KEYS, AT, issuer="gateway")["iss"] == "gateway"
    assert verified(token(AT), (Key(KID, RS256, modulus()),), AT)
    assert verified(token(AT, aud=["x", "us"]), KEYS, AT, audience="us")


def test_a_public_key_is_never_taken_for_a_secret() -> None:
    """RFC 8725, 2.1: signed with HMAC, and the secret is the RSA key that everybody may read."""
    assert code(token(AT, alg=HS256, kid=KID, secret=pem().encode())) == "unknown-key"
    assert code(token(AT, alg="RS256", kid="shared")) == "unknown-key"


@pytest.mark.parametrize("alg", ["none", "None", "RS512", "ES256", "HS384", ""])
def test_other_algorithms_are_none(alg: str) -> None:
    assert code(token(AT, alg=alg)) == "unknown-key"
    head, claims, _ = token(AT, alg=alg).split(".")
    assert code(f"{head}.{claims}.") == "no-token"


def test_a_token_names_no_key_of_its_own() -> None:
    assert code(token(AT, kid="mine", head={"jwk": {"kty": "RSA", "n": modulus(), "e": "AQAB"}})) == "unknown-key"
    assert code(token(AT, head={"crit": ["exp"]})) == "unknown-key"
    assert code(token(AT, head={"kid": None})) == "unknown-key"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"minutes": -2}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": "soon"}, "no-token"),
        ({"exp": True}, "no-token"),
        ({"nbf": int((AT + timedelta(minutes=5)).timestamp())}, "not-yet"),
        ({"iat": int((AT + timedelta(minutes=5)).timestamp())}, "not-yet"),
    ],
)
def test_it_holds_now(more: dict[str, Any], said: str) -> None:
    assert code(token(AT, **more)) == said


def test_clocks_may_differ_by_a_minute() -> None:
    assert verified(token(AT + timedelta(seconds=50)), KEYS, AT)
    assert verified(token(AT, minutes=0), KEYS, AT + timedelta(seconds=50))


def test_it_is_ours() -> None:
    assert code(token(AT), issuer="another") == "other-issuer"
    assert code(token(AT, aud="them"), audience="us") == "other-audience"
    assert code(token(AT), audience="us") == "other-audience"


def test_a_changed_token_is_refused() -> None:
    head, claims, signature = token(AT).split(".")
    more = text(json.dumps({"iss": "gateway", "exp": 4_000_000_000}).encode())
    assert code(f"{head}.{more}.{signature}") == "bad-signature"
    assert code(f"{head}.{claims}.{text(bytes(256))}") == "bad-signature"
    assert code(f"{head}.{claims}.{signature}=") == "no-token"
    assert code(f"{head}.{claims}") == "no-token"
    assert code("a" * 9000 + ".b.c") == "no-token"
    assert code(f"{text(b'[1]')}.{claims}.{signature}") == "no-token"


@given(st.text(max_size=60) | st.builds(".".join, st.lists(st.binary(min_size=1, max_size=30).map(text), min_size=3, max_size=3)))
def test_nothing_else_is_believed_and_nothing_breaks(said: str) -> None:
    with pytest.raises(Untrusted):
        verified(said, KEYS, AT)


@pytest.mark.parametrize(
    "key", [Key("a", RS256, "xyz"), Key("a", RS256, pem(private(1024))), Key("a", HS256, "short"), Key("a", RS256, "-----BEGIN X-----")]
)
def test_a_key_that_is_none_is_refused_before_anybody_comes(key: Key) -> None:
    with pytest.raises(ValueError, match=r"key|secret"):
        check_key(key)
    assert key.text not in repr(key)
