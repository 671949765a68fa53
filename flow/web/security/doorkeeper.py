"""Knows who is at the door: looks cookies and tokens up, remembers a good one for two seconds, and notes signs of life.

Two seconds is also how long somebody who was signed out or revoked can still get in; `watch` cuts their open streams as fast.
"""

import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection

from flow.clock import Clock
from flow.domain.badge import opens
from flow.domain.roles import PHONE_LOCK, Role
from flow.errors import Unavailable
from flow.history.accounts import Token, Tokens
from flow.history.devices import Device, Devices, Station
from flow.history.secret import digest
from flow.history.sessions import Sessions
from flow.views.bed_tile import Audience
from flow.web.problems import Denied
from flow.web.security.cookies import DEVICE, SESSION, cookie_name, csrf_key
from flow.web.security.patience import Patience
from flow.web.security.principal import Principal, Way, wants

REMEMBERED_SECONDS = 2.0
TRUSTED_SECONDS = 600.0
Beside = Callable[[Principal], Awaitable[Principal]]
"""A principal with what stands beside the account (`flow.web.security.beside`)."""
_NOTED_EVERY = timedelta(seconds=20)
_MOST = 20_000


@dataclass(slots=True)
class _Known:
    principal: Principal
    until: float
    used_at: datetime | None = None
    locked_out: bool = False


class Doorkeeper:
    """Finds the principal of a request; `second_factor`: who sees names needs one."""

    def __init__(
        self,
        sessions: Sessions,
        tokens: Tokens,
        devices: Devices,
        clock: Clock,
        *,
        second_factor: bool = False,
        beside: Beside | None = None,
    ) -> None:
        self._second_factor = second_factor
        self._beside = beside
        self._sessions = sessions
        self._tokens = tokens
        self._devices = devices
        self._clock = clock
        self._known: dict[bytes, _Known] = {}
        self._noted: dict[bytes, datetime] = {}
        self._patience = Patience()

    async def identify(self, connection: HTTPConnection, *, secure: bool, active: bool) -> Principal | None:
        """Whoever the request's token or cookie belongs to. `active`: somebody did something, which keeps a sign-in alive."""
        kind, _, bearer = connection.headers.get("authorization", "").partition(" ")
        if kind.casefold() == "bearer":
            return await self._recall(Way.TOKEN, bearer.strip(), active=False)
        session, device = (connection.cookies.get(cookie_name(name, secure=secure), "") for name in (SESSION, DEVICE))
        found = await self._recall(Way.SESSION, session, active=active, device=device) if session else None
        if found is None and device:
            found = await self._recall(Way.DEVICE, device, active=active)
        return found

    def forget(self, principal: Principal) -> None:
        """Look this one up again next time; what it did until now keeps no phone open."""
        self.forget_digest(principal.digest)

    def forget_digest(self, digest: bytes) -> None:
        """The same of a cookie that somebody else has ended."""
        self._known.pop(digest, None)
        self._noted.pop(digest, None)

    def of_device(self, device: Device, secret: str) -> Principal:
        """A device that has just been let in."""
        return _of_device(device, digest(secret), csrf_key(secret))

    async def _recall(self, way: Way, secret: str, *, active: bool, device: str = "") -> Principal | None:
        key, now = digest(secret), time.monotonic()
        known = self._known.get(key)
        if known is not None and known.principal.way is not way:
            known = None  # a token in a cookie would be asked for no CSRF token, and a screen's secret is nobody's sign-in
        if known is None or known.until < now:
            known = await self._ask_again(way, secret, key, known)
            if known is None:
                self._known.pop(key, None)
                return None
            self._remember(key, known)
        if not await self._is_in_place(known, device, active=active):
            return None
        principal = self._in_time(self._with_lock(known))
        with contextlib.suppress(Unavailable):
            await self._note(principal, known, active=active and not principal.locked)
        return principal

    async def _is_in_place(self, known: _Known, device: str, *, active: bool) -> bool:
        """Who came in at a ward station is there with that station's own cookie alone, and while they do something: also when Postgres
        does not answer."""
        station = known.principal.station
        if known.principal.way is not Way.SESSION or station is None:
            return True
        found = await self._recall(Way.DEVICE, device, active=active) if device else None
        used = max(filter(None, (known.used_at, self._noted.get(known.principal.digest))), default=None)
        idle = used is None or self._clock.now() - used > self._sessions.station_idle
        return found is not None and found.station is not None and found.station.id == station.id and not idle

    async def _ask_again(self, way: Way, secret: str, key: bytes, known: _Known | None) -> _Known | None:
        """Look somebody up. While Postgres is away, or hangs, those who were let in a while ago stay in, so that screens do not go dark."""
        now = time.monotonic()
        if known is None or now - known.until > TRUSTED_SECONDS:
            return await self._look_up(way, secret, key, now)
        try:
            return await self._patience.ask(key, lambda: self._look_up(way, secret, key, now))
        except Unavailable:
            return known

    def _remember(self, key: bytes, known: _Known) -> None:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = known

    async def _look_up(self, way: Way, secret: str, key: bytes, now: float) -> _Known | None:
        if way is Way.DEVICE:
            return await self._device(key, csrf_key(secret), now)
        if way is Way.SESSION:
            return await self._session(key, csrf_key(secret), now)
        found = await self._token(key)
        return None if found is None else _Known(found, now + REMEMBERED_SECONDS)

    async def _token(self, key: bytes) -> Principal | None:
        token = await self._tokens.find(key)
        if token is None:
            return None
        if token.expires_at is not None and token.expires_at <= self._clock.now():
            raise _run_out(token)
        audience = Audience.PUBLIC if token.role is Role.DISPLAY else None
        return Principal(token.id, Way.TOKEN, token.role, token.id, key, token.ward, audience=audience)

    async def _session(self, key: bytes, csrf: bytes, now: float) -> _Known | None:
        session = await self._sessions.find(key, self._clock.now())
        if session is None:
            return None
        account, ward = session.account, session.account.ward
        if session.proof == "badge":
            if session.station is None or not opens(account.role, ward, session.station.ward):
                return None
            ward = session.station.ward
        missing = wants(session.proof, account.role, has_second=session.has_second, required=self._second_factor, given=account.given)
        found = Principal(
            account.id,
            Way.SESSION,
            account.role,
            account.name,
            key,
            ward,
            csrf=csrf,
            wants=missing,
            proven_at=session.proven_at,
            station=session.station,
            provider=account.provider,
            given=account.given,
            sid=session.sid,
        )
        found = await self._beside(found) if self._beside is not None else found
        return _Known(found, now + REMEMBERED_SECONDS, session.seen_at)

    def _in_time(self, principal: Principal) -> Principal:
        """What was opened for a reason is shut to the second, however long somebody is remembered."""
        over = principal.opened is not None and not principal.opened.holds(self._clock.now())
        return replace(principal, opened=None) if over else principal

    async def _device(self, key: bytes, csrf: bytes, now: float) -> _Known | None:
        device = await self._devices.find(key)
        if device is None:
            return None
        return _Known(_of_device(device, key, csrf), now + REMEMBERED_SECONDS, device.unlocked_at, device.locked_out)

    def _with_lock(self, known: _Known) -> Principal:
        """A phone is locked once nobody has tapped it for `PHONE_LOCK`, and until it has a PIN."""
        principal = known.principal
        if not principal.is_phone:
            return principal
        used = max(filter(None, (known.used_at, self._noted.get(principal.digest))), default=None)
        open_now = principal.has_pin and not known.locked_out and used is not None and self._clock.now() - used <= PHONE_LOCK
        return principal if open_now else replace(principal, locked=True)

    async def _note(self, principal: Principal, known: _Known, *, active: bool) -> None:
        """Write a sign of life down, at most every `_NOTED_EVERY` (at a ward station ten times in its patience); deeds are also remembered
        here each time."""
        now, last = self._clock.now(), self._noted.get(principal.digest)
        if principal.way is Way.TOKEN or not active:
            return
        if known.used_at is not None:
            known.used_at = now
        if last is not None and now - last < self._noted_every(principal):
            return
        if len(self._noted) >= _MOST:
            self._noted.clear()
        self._noted[principal.digest] = now
        await self._patience.ask(b"note" + principal.digest, lambda: self._write_down(principal, now))

    def _noted_every(self, principal: Principal) -> timedelta:
        at_station = principal.way is Way.SESSION and principal.station is not None
        return min(_NOTED_EVERY, self._sessions.station_idle / 10) if at_station else _NOTED_EVERY

    async def _write_down(self, principal: Principal, now: datetime) -> None:
        if principal.way is Way.SESSION:
            await self._sessions.touch(principal.digest, now)
        else:
            await self._devices.seen(principal.digest, now, used=principal.is_phone)


def _run_out(token: Token) -> Denied:
    """401 in words for whoever reads the programme's log."""
    day = f"{token.expires_at:%Y-%m-%d}" if token.expires_at is not None else ""
    reason = f"The token {token.id} ran out on {day}. An administrator makes another at /admin/tokens, or by `bedflow token create`."
    return Denied(401, "token-expired", reason, {"www-authenticate": 'Bearer error="invalid_token"'})


def _of_device(device: Device, key: bytes, csrf: bytes) -> Principal:
    phone, station = device.kind == "phone", None
    if device.kind == "station" and device.ward is not None:
        station = Station(device.id, device.name, device.ward)
    return Principal(
        device.id,
        Way.DEVICE,
        device.trade if phone else Role.DISPLAY,
        device.name,
        key,
        device.ward,
        device.clinics,
        audience=None if phone else Audience.WARD if station is not None else Audience(device.audience),
        csrf=csrf,
        has_pin=device.has_pin,
        shows=device.shows,
        lang=device.lang,
        light=device.light,
        station=station,
    )
