"""Providing: the hospital's provider of sign-ins, where one is configured; else nothing of it is imported and nobody outside is asked."""

from http.client import HTTPException
from typing import TYPE_CHECKING

import structlog

from flow.clock import Clock
from flow.domain.sign_in_rules import SignInRules
from flow.errors import Misconfigured, Unavailable
from flow.main.calling import get, post
from flow.settings import Settings
from flow.web.pages.provider import BACK

if TYPE_CHECKING:
    from flow.oidc.provider import Provider

log = structlog.get_logger()


def providing(settings: Settings, rules: SignInRules, clock: Clock) -> "Provider | None":
    """The provider of the settings, or none. Raises Misconfigured where half of it is said."""
    if settings.oidc_issuer is None:
        return None
    if not settings.oidc_client_id:
        raise Misconfigured("BEDFLOW_OIDC_ISSUER is set and BEDFLOW_OIDC_CLIENT_ID is not: say what Bedflow is called there.")
    if not rules.groups:
        log.warning("provider.no_groups", reason="nobody may sign in by it before [sign_in.groups] of the hospital file names a group")
    from flow.oidc.provider import Client, Provider

    client = Client(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.text, settings.origin + BACK)
    return Provider(client, rules, called, clock)


async def called(address: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
    """One request. Raises Unavailable."""
    try:
        return await (get(address, headers) if body is None else post(address, body, headers))
    except (OSError, HTTPException) as error:
        raise Unavailable(f"The provider of sign-ins does not answer ({type(error).__name__}).") from None
