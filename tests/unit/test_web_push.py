"""Web push by the book: the example of RFC 8291 to the byte, a VAPID token that verifies, and settings that say what is wrong."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from flow.web_push import Push, key_of, public_of, push_of, sealed, signed, subscription


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_rfc_8291_to_the_byte() -> None:
    """Appendix A."""
    key = ec.derive_private_key(int.from_bytes(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1())
    browser = subscription(
        "https://push.example/x",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )
    body = sealed(b"When I grow up, I want to be a watermelon", browser, key, raw("DGv6ra1nlYgDCS1FRnbzlw"))
    assert body == raw(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_token_is_for_one_service_and_verifies_with_the_key_beside_it() -> None:
    key = key_of(bytes(range(32)))
    header = signed("https://push.example", "mailto:it@example.org", key, datetime(2026, 7, 14, tzinfo=UTC))
    token, public = header.removeprefix("vapid t=").split(", k=")
    head, claims, signature = token.split(".")
    assert json.loads(raw(claims)) == {"aud": "https://push.example", "exp": 1783987200, "sub": "mailto:it@example.org"}
    pair = (int.from_bytes(raw(signature)[:32]), int.from_bytes(raw(signature)[32:]))
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(public))
    theirs.verify(encode_dss_signature(*pair), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    assert public == public_of(key_of(bytes(range(32)))), "the same secret is the same key"


def test_the_setting_names_a_contact_and_services() -> None:
    assert push_of("") is None
    assert push_of("mailto:it@example.org https://push.example") == Push("mailto:it@example.org", frozenset({"https://push.example"}))
    assert str(push_of("mailto:a@b.example http://127.0.0.1:81")) == "mailto:a@b.example http://127.0.0.1:81"
    for wrong in ("it@example.org https://x", "mailto:it@example.org", "mailto:a@b http://push.example", "mailto:a@b https://x/path"):
        with pytest.raises(ValueError, match="mailto:"):
            push_of(wrong)


def test_a_subscription_whose_keys_are_none_is_no_subscription() -> None:
    with pytest.raises(ValueError):  # whatever the reason, the page asks again
        subscription("https://push.example/x", "BCVx", "BTBZMqHH6r4Tts7J_aSIgg")
    good = public_of(key_of(bytes(32)))
    with pytest.raises(ValueError, match="16 bytes"):
        subscription("https://push.example/x", good, "BTBZ")
    assert "push.example/x" not in repr(subscription("https://push.example/x", good, "BTBZMqHH6r4Tts7J_aSIgg"))
