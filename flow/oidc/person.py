"""What a provider of sign-ins says of somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flow.domain.sign_in_rules import SignInRules

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Person:
    """`subject` is what the issuer calls somebody, the same for ever, and nothing else is (OpenID Connect Core, 5.7); `strong`: more than a
    password was shown; `shown_at` is when, where that is told; `sid` the provider's number for its session."""

    issuer: str
    subject: str
    username: str
    shown_as: str
    groups: tuple[str, ...] = ()
    strong: bool = False
    shown_at: datetime | None = None
    sid: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """Whom the provider says has signed out: everywhere (`subject`), or of one of its sessions (`sid`)."""

    subject: str
    sid: str


def person_of(claims: Mapping[str, Any], rules: SignInRules) -> Person:
    """By the claims of an ID token that was verified."""
    username = _text(claims, "preferred_username") or _text(claims, "email") or str(claims["sub"])
    shown_at = claims.get("auth_time")
    return Person(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        username=username,
        shown_as=(_text(claims, "name") or username)[:_LONGEST_NAME],
        groups=_words(claims.get(rules.groups_claim)),
        strong=bool(rules.second_factor & {*_words(claims.get("amr")), *_words(claims.get("acr"))}),
        shown_at=datetime.fromtimestamp(shown_at, UTC) if shown_at is not None else None,
        sid=_text(claims, "sid"),
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a line of text; empty for anything else."""
    value = claims.get(name)
    return value.strip() if isinstance(value, str) and value.isprintable() else ""


def _words(value: object) -> tuple[str, ...]:
    """A claim that is a word or several."""
    if isinstance(value, str):
        return (value,)
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()
