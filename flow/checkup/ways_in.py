"""The ways in that a hospital has given away: tokens of programmes, and the groups of its provider of sign-ins."""

from collections.abc import Iterable
from datetime import datetime

from flow.checkup.finding import Finding
from flow.domain.sign_in_rules import SignInRules
from flow.views.api_tokens import TokenLike, days_left, state_of

_TOKENS = "API tokens"


def tokens(found: Iterable[TokenLike], now: datetime) -> Finding:
    """A programme whose token has run out is shut out, and says so where nobody looks."""
    held = [(token, state_of(token, now)) for token in found if not token.revoked]
    over = [token.id for token, state in held if state == "expired"]
    soon = [f"{token.id} ({token.role}) in {days_left(token, now)}" for token, state in held if state == "soon"]
    if not over and not soon:
        return Finding(_TOKENS, f"{len(held)} hold, none runs out soon" if held else "none")
    said = [f"run out: {', '.join(over)}" if over else "", f"will run out: {', '.join(soon)}" if soon else ""]
    do = "Make others (`bedflow token create`, or /admin/tokens), put them into their programmes' place, and revoke the old ones."
    return Finding(_TOKENS, "; ".join(filter(None, said)), do)


def provider(issuer: str | None, rules: SignInRules) -> Finding:
    """One that lets nobody in is a button that leads nowhere."""
    do = "Name its groups in [sign_in.groups] of the hospital file." if issuer and not rules.groups else ""
    return Finding("Provider of sign-ins", f"{issuer}, {len(rules.groups)} groups" if issuer else "none", do)
