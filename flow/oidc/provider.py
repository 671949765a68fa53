"""Speaks with the provider: its discovery document (asked for at the configured issuer, once an hour), its keys, the exchange of a code.

No I/O of its own: `call` is handed in. Every address must be safe (TLS, or this machine); redirects are followed nowhere.
"""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

import msgspec
import structlog
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import get_well_known_url
from joserfc.jwk import KeySet

from flow.clock import Clock
from flow.domain.sign_in_rules import SignInRules
from flow.errors import Unavailable
from flow.jwt import Untrusted
from flow.oidc.asked import Asked
from flow.oidc.discovery import Document, document_of
from flow.oidc.person import Gone, Person, person_of
from flow.oidc.tokens import LEEWAY, id_token, keys_of, logout_token

log = structlog.get_logger()
FRESH, PAUSE, BREATH = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=5)
Call = Callable[[str, bytes | None, dict[str, str]], Awaitable[tuple[int, bytes]]]
"""(address, body of a POST or None, headers) -> status and body. Raises Unavailable while nobody answers."""
_FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to the provider, and where it sends people back to."""

    issuer: str
    id: str
    secret: str
    back: str


class _Answer(msgspec.Struct):
    id_token: str
    access_token: str = ""


class Provider:
    """The one provider of a hospital."""

    def __init__(self, client: Client, rules: SignInRules, call: Call, clock: Clock) -> None:
        self.client = client
        self.rules = rules
        self._call = call
        self._clock = clock
        self._known: tuple[Document, datetime] | None = None
        self._keys: tuple[KeySet, datetime] | None = None
        self._away_since: datetime | None = None
        self._asking = asyncio.Lock()

    @property
    def name(self) -> str:
        """As it stands on the button."""
        return self.rules.name

    @property
    def issuer(self) -> str:
        """As its tokens name it."""
        return self.client.issuer

    async def address(self, asked: Asked) -> str:
        """Where a browser goes to sign in. Raises Unavailable."""
        document = await self._document()
        told = {"redirect_uri": self.client.back, "scope": self.rules.scope, "state": asked.state, "nonce": asked.nonce}
        bound = {"code_challenge": create_s256_code_challenge(asked.verifier), "code_challenge_method": "S256"}
        again = {"prompt": "login" if asked.again else None, "max_age": _seconds(self._longest(asked))}
        return str(prepare_grant_uri(document.authorization_endpoint, self.client.id, "code", **told, **bound, **again))

    async def person(self, code: str, asked: Asked, came_from: str = "") -> Person:
        """Whom a code stands for; `came_from` is who says so (RFC 9207). Raises Untrusted, Unavailable."""
        document = await self._document()
        if came_from != self.issuer and (came_from or document.authorization_response_iss_parameter_supported):
            raise Untrusted("The answer is another provider's.", code="other-issuer")
        answer = await self._exchanged(document, code, asked.verifier)
        claims = await self._verified(
            lambda keys, now: id_token(
                answer.id_token,
                keys,
                now,
                issuer=self.issuer,
                client=self.client.id,
                nonce=asked.nonce,
                access_token=answer.access_token,
            )
        )
        found = person_of(claims, self.rules)
        self._check_recent(found, asked)
        return found

    async def farewell(self, back: str) -> str:
        """Where a browser goes to sign out there, too (RP-Initiated Logout 1.0); empty where the provider has no such place, or is away."""
        try:
            document = await self._document()
        except Unavailable:
            return ""
        if not document.end_session_endpoint:
            return ""
        return str(add_params_to_uri(document.end_session_endpoint, [("client_id", self.client.id), ("post_logout_redirect_uri", back)]))

    async def gone(self, token: str) -> Gone:
        """Whom a logout token signs out (Back-Channel Logout 1.0). Raises Untrusted, Unavailable."""
        claims = await self._verified(lambda keys, now: logout_token(token, keys, now, issuer=self.issuer, client=self.client.id))
        return Gone(str(claims.get("sub", "")), str(claims.get("sid", "")))

    def _longest(self, asked: Asked) -> timedelta | None:
        """How long ago somebody may have shown the provider who they are."""
        if asked.again:
            return timedelta()
        return timedelta(minutes=self.rules.max_age_minutes) if self.rules.max_age_minutes else None

    def _check_recent(self, found: Person, asked: Asked) -> None:
        longest = self._longest(asked)
        if longest is None:
            return
        if found.shown_at is None:
            raise Untrusted("The provider does not say when the password was typed (auth_time).", code="no-auth-time")
        if found.shown_at + longest + LEEWAY < asked.begun:
            raise Untrusted("The provider has not asked again.", code="too-long-ago")

    async def _exchanged(self, document: Document, code: str, verifier: str) -> _Answer:
        client, headers = self.client, dict(_FORM)
        said_inside = {"client_id": client.id, "client_secret": client.secret}
        if client.secret and "client_secret_basic" in document.token_endpoint_auth_methods_supported:
            pair, said_inside = f"{quote_plus(client.id)}:{quote_plus(client.secret)}", {}
            headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        body = prepare_token_request("authorization_code", redirect_uri=client.back, code=code, code_verifier=verifier, **said_inside)
        status, said = await self._call(document.token_endpoint, body.encode(), headers)
        if status >= 500 or status in (408, 429):
            raise Unavailable(f"The provider of sign-ins answers {status}.")
        try:
            return msgspec.json.decode(said if status == 200 else b"", type=_Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise Untrusted(f"The provider gives nothing for this code (it answers {status}).", code="no-code") from None

    async def _verified(self, check: Callable[[KeySet, datetime], Mapping[str, Any]]) -> Mapping[str, Any]:
        """By the keys that we have, else by newer ones, which are asked for once a minute at most."""
        try:
            return check(await self._published(FRESH), self._clock.now())
        except Untrusted as refusal:
            if refusal.code != "unknown-key":
                raise
        return check(await self._published(PAUSE), self._clock.now())

    async def _published(self, unless: timedelta) -> KeySet:
        async with self._asking:
            now = self._clock.now()
            if self._keys is None or now - self._keys[1] >= unless:
                document = await self._fetched_document()
                try:
                    self._keys = keys_of(await self._json(document.jwks_uri)), now
                except ValueError as error:
                    raise self._gives_up(f"The provider of sign-ins publishes {error}.") from None
            return self._keys[0]

    async def _document(self) -> Document:
        async with self._asking:
            return await self._fetched_document()

    async def _fetched_document(self) -> Document:
        now = self._clock.now()
        if self._known is None or now - self._known[1] >= FRESH:
            said = await self._json(get_well_known_url(self.issuer, external=True))
            try:
                self._known = document_of(said, self.issuer), now
            except ValueError as error:
                raise self._gives_up(f"The provider's discovery document cannot be used: {error}.") from None
        return self._known[0]

    async def _json(self, address: str) -> Any:
        """What it publishes at an address; who has just waited for it in vain is not waited for again by everybody."""
        if self._away_since is not None and self._clock.now() - self._away_since < BREATH:
            raise Unavailable("The provider of sign-ins was away a moment ago.")
        try:
            status, said = await self._call(address, None, {"accept": "application/json"})
        except Unavailable as error:
            raise self._gives_up(error.reason) from None
        if status != 200:
            raise self._gives_up(f"The provider of sign-ins answers {status}.")
        try:
            return msgspec.json.decode(said)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise self._gives_up("The provider of sign-ins answers with no JSON.") from None

    def _gives_up(self, reason: str) -> Unavailable:
        self._away_since = self._clock.now()
        log.warning("provider.away", reason=reason)
        return Unavailable(reason)


def _seconds(longest: timedelta | None) -> str | None:
    return None if longest is None else str(int(longest.total_seconds()))
