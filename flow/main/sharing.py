"""Scan & Share: each kept share gets its token, and the gateway its answer by `on-share`. In the worker; off without `[abdm]`.

Every step may be done twice and counts once: the token is given under the request's id, the answer lies in the queue of letters out under
the same, and the share is settled last. So a kill between any two of them loses nothing and gives no second token.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import structlog

from adt_feed.outbound import Courier
from flow.certs import Fetch
from flow.clock import Clock
from flow.desk import Actor, Desk
from flow.domain.abdm import NO_CLINIC, NO_TOKEN, AbdmRules, Profile, accepted, declined
from flow.domain.cause import Origin
from flow.domain.commands import Command, IssueToken, MarkToken
from flow.domain.consent import PATIENT, SCAN, Purpose
from flow.domain.ids import ClinicId, PatientId
from flow.domain.opd import Group, Token, TokenStatus
from flow.domain.opd_people import IN_QUEUE, token_of_day
from flow.domain.outgoing import Batch, Posted
from flow.domain.person import PersonDetails, age_on
from flow.errors import Refused, Unavailable
from flow.history.consents import Consents
from flow.history.outbox import Outbox
from flow.history.people import People
from flow.history.shares import Share, Shares
from flow.main.calling import get, post
from flow.main.house import House
from flow.main.rounds import Rounds
from flow.setting_words import Client

log = structlog.get_logger()
QUEUE = "abdm"
SESSIONS, ON_SHARE = "/gateway/v3/sessions", "/patient-share/v3/on-share"
_ACTOR = Actor(QUEUE, Origin.SYSTEM)
_LONGEST_PAUSE = 8.0
_EARLY = timedelta(seconds=60)
Post = Callable[[str, bytes, dict[str, str]], Awaitable[tuple[int, bytes]]]
"""(address, body, headers) -> status and body. Raises OSError, HTTPException while nobody answers."""


class Sharing:
    """Gives tokens to those who shared."""

    def __init__(self, desk: Desk, people: People, shares: Shares, queue: Outbox, clock: Clock, rules: AbdmRules) -> None:
        self.desk = desk
        self.people = people
        self.shares = shares
        self.consents = Consents(shares.database)
        self.queue = queue
        self.clock = clock
        self.rules = rules
        self.posted: Callable[[], None] = lambda: None
        self.rounds = Rounds(self.step, "share.waits")

    async def step(self) -> int:
        """One round; returns how many shares were answered."""
        waiting = await self.shares.received()
        for share in waiting:
            await self._answer(share)
        return len(waiting)

    async def _answer(self, share: Share) -> None:
        number, token = share.request, None
        try:
            if share.profile is None:
                body = declined(number, NO_TOKEN, "The profile could not be read")
            elif (clinic := self.rules.clinic_of(share.profile.counter)) is None:
                body = declined(number, NO_CLINIC, "There is no such counter here")
            else:
                token = await self._token(number, clinic, share.profile)
                body = accepted(number, share.profile, token.number, self.rules.token_minutes)
        except Refused as refusal:
            body = declined(number, NO_TOKEN, "No token can be given now")
            log.warning("share.declined", request=number, code=refusal.code)
        letter = Posted("on-share", number, msgspec.json.encode(body), token.number if token else "")
        await self.queue.post(Batch(posted=[letter]))
        await self.shares.settle(number, token.id if token else None, self.clock.now())
        self.posted()

    async def _token(self, request: str, clinic: ClinicId, profile: Profile) -> Token:
        """The token of whoever shared: the one they have here today, else a new one. An appointment of today is kept by it."""
        patient = self.desk.hospital.survivor(await self._patient(profile))
        today = self.clock.now().astimezone(ZoneInfo(self.desk.plan.zone)).date()
        known = token_of_day(self.desk.hospital, patient, clinic, today)
        if known is not None and known.status in IN_QUEUE:
            return known
        age = age_on(profile.birth_date, today)
        elderly = Group.ELDERLY if age is not None and age >= self.desk.plan.queue.elderly_years else None
        if known is not None:
            command: Command = MarkToken(known.id, TokenStatus.WAITING, elderly if known.of is Group.ORDINARY else None)
        else:
            command = IssueToken(clinic, today, patient=patient, group=elderly, scanned=True)
        outcome = await self.desk.act(command, _ACTOR, key=f"{QUEUE}:{request}")
        entries = outcome.entries or tuple(await self.desk.log.of_command(outcome.command))
        return next(entry.event.record for entry in reversed(entries) if isinstance(entry.event.record, Token))

    async def _patient(self, profile: Profile) -> PatientId:
        number, home = profile.number, profile.address
        patient = await self.people.find_abha(number) if number else self.people.pseudonym(home.casefold(), "ABHA-ADDRESS")
        known = (await self.people.get([patient])).get(patient)
        if known is None or not known.mrn:
            held = (("ABHA", number), ("ABHA-ADDRESS", home))
            said = tuple((kind, value) for kind, value in held if value)
            details = PersonDetails(patient, profile.name, "", profile.birth_date, profile.sex, said)
            await self.people.put([details], self.clock.now())
        await self.consents.give(patient, Purpose.SHARE, self.clock.now(), PATIENT, SCAN)
        return patient


class Gateway:
    """Where answers go: signs in when it must, and sends one body at a time."""

    def __init__(self, rules: AbdmRules, client: Client, clock: Clock, post: Post) -> None:
        self.rules = rules
        self.client = client
        self.clock = clock
        self._post = post
        self._session: tuple[str, datetime] | None = None

    async def send(self, body: bytes) -> str:
        """Send one `on-share`; AA where it was taken, AE where it may be tried again a few times, AR where not. Raises Unavailable."""
        status, _ = await self._say(ON_SHARE, body, {"authorization": f"Bearer {await self._bearer()}", "x-hip-id": self.rules.hip})
        log.info("share.told", status=status)
        if status < 300:
            return "AA"
        if status in (401, 403):
            self._session = None
            return "AE"
        if status >= 500 or status in (408, 429):
            raise Unavailable(f"The ABDM gateway answers {status}.")
        return "AR"

    async def _bearer(self) -> str:
        now = self.clock.now()
        if self._session is None or self._session[1] <= now:
            said = {"clientId": self.client.id, "clientSecret": self.client.secret, "grantType": "client_credentials"}
            status, body = await self._say(SESSIONS, msgspec.json.encode(said), {})
            self._session = _session(status, body, now)
        return self._session[0]

    async def _say(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        same = {"content-type": "application/json", **_headers(self.rules, self.clock)}
        try:
            return await self._post(self.rules.gateway + path, body, same | headers)
        except (OSError, HTTPException) as error:
            raise Unavailable(f"The ABDM gateway does not answer ({type(error).__name__}).") from None


def _session(status: int, body: bytes, now: datetime) -> tuple[str, datetime]:
    try:
        said: Any = msgspec.json.decode(body) if status < 300 else {}
        return str(said["accessToken"]), now + timedelta(seconds=int(said.get("expiresIn", 600))) - _EARLY
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError):
        raise Unavailable(f"The ABDM gateway gives no session (it answers {status}).") from None


def certs(house: House) -> Fetch | None:
    """What fetches the gateway's keys; None, and nothing leaves, where the hospital file names no address for them."""
    rules = house.plan.abdm
    if rules is None or not rules.certs:
        return None

    async def fetch() -> bytes:
        try:
            status, body = await get(rules.certs, _headers(rules, house.clock))
        except (OSError, HTTPException) as error:
            raise Unavailable(f"The ABDM gateway gives no keys ({type(error).__name__}).") from None
        if status != 200:
            raise Unavailable(f"The ABDM gateway gives no keys (it answers {status}).")
        return body

    return fetch


def _headers(rules: AbdmRules, clock: Clock) -> dict[str, str]:
    """What the gateway wants to read with every request."""
    moment = clock.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"request-id": str(uuid4()), "timestamp": moment, "x-cm-id": rules.cm}


def share(house: House, run: Callable[[Awaitable[None]], None]) -> None:
    """Start answering shares, where the hospital has `[abdm]`; `run` keeps a task."""
    rules, client = house.plan.abdm, house.settings.abdm_client
    if rules is None:
        return
    queue = Outbox(house.database, house.vault, house.clock, QUEUE)
    sharing = Sharing(house.desk, house.people, Shares(house.database, house.vault), queue, house.clock, rules)
    house.desk.on_commit(sharing.rounds.wake)
    run(sharing.rounds.run())
    if client is None:
        log.warning("share.no_client", reason="BEDFLOW_ABDM_CLIENT is not set: tokens are given, and the gateway is not told")
        return
    courier = Courier(QUEUE, queue, Gateway(rules, client, house.clock, post).send, pause=_shorter)
    sharing.posted = courier.wake
    run(courier.run())


async def _shorter(seconds: float) -> None:
    """An app waits half a minute, and no longer."""
    await asyncio.sleep(min(seconds, _LONGEST_PAUSE))
