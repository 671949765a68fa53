"""Every deadline, walked in its order on one clock: a second before it holds, a second after it does not."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from flow.domain.commands import AssignBed, RequestBed
from flow.domain.ids import BedId, PatientId, RequestId, WardId
from flow.domain.opening import LASTS, REASONS
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.roles import PHONE_LOCK, PROVEN_FOR, SESSION_LIMITS, STATION_IDLE, Role
from flow.errors import Refused
from flow.history.accounts import TOKEN_LASTS, Account
from flow.history.badges import VOUCHED_FOR
from flow.history.bonds import AWAY, Bond
from flow.history.devices import CODE_LASTS, Grant
from flow.history.passkeys import CHALLENGE_LASTS
from flow.history.secret import digest
from flow.jobs import Jobs
from tests.integration.test_desk import DESK, NURSE, admit
from tests.integration.test_signin import csrf, signed_in
from tests.integration.test_stations import HOME, TICK, badged, scanned, shown, stood
from tests.integration.web_house import Web, web

__all__ = ["web"]
Holds = Callable[[], Awaitable[bool]]
PROMISED, SECOND = timedelta(minutes=20), timedelta(seconds=1)


async def undo(web: Web) -> tuple[timedelta, Holds]:
    done = [await web.core.desk.act(admit(f"V{bed}", f"4B-A-0{bed}", patient=PatientId(f"u{bed}")), NURSE) for bed in (1, 2)]

    async def holds() -> bool:
        try:
            await web.core.desk.undo(done.pop().command, NURSE)
        except Refused:
            return False
        return True

    return timedelta(seconds=web.house.settings.undo_seconds), holds


async def phone(web: Web) -> tuple[timedelta, Holds]:
    now = web.core.clock.now()
    offer = await web.house.devices.offer("phone", now)
    await web.house.devices.pair(offer.code, Grant("Phone 1", pin="4711"), "chief", now)
    await web.house.devices.seen(digest(offer.secret), now, used=True)
    client = await web.client({"cookie": f"bedflow-device={offer.secret}", **TICK})

    async def holds() -> bool:
        return (await client.get("/housekeeping")).status_code == 200

    return PHONE_LOCK, holds


async def station(web: Web) -> tuple[timedelta, Holds]:
    there = await stood(web)
    assert await scanned(there, await badged(web, "asha")) == ""

    async def holds() -> bool:
        return "Names are hidden" not in await shown(there, HOME, **TICK)

    return STATION_IDLE, holds


async def proof(web: Web) -> tuple[timedelta, Holds]:
    chief = await signed_in(web, "chief", Role.ADMIN)
    token = await csrf(chief, "/admin")

    async def holds() -> bool:
        answer = await chief.post("/admin/users/nobody/disable", data={"csrf": token})
        return answer.status_code == 404 or "Is it still you?" not in answer.text

    return PROVEN_FOR, holds


async def code(web: Web) -> tuple[timedelta, Holds]:
    offer = await web.house.devices.offer("display", web.core.clock.now())

    async def holds() -> bool:
        return await web.house.devices.offered(offer.code, web.core.clock.now()) is not None

    return CODE_LASTS, holds


def challenge(lasts: timedelta) -> Callable[[Web], Awaitable[tuple[timedelta, Holds]]]:
    async def begun(web: Web) -> tuple[timedelta, Holds]:
        given = [await web.house.passkeys.challenge("walk", web.core.clock.now(), lasts) for _ in range(2)]

        async def holds() -> bool:
            return await web.house.passkeys.take(given.pop(), "walk", web.core.clock.now())

        return lasts, holds

    return begun


def session(role: Role, *, idle: bool) -> Callable[[Web], Awaitable[tuple[timedelta, Holds]]]:
    async def begun(web: Web) -> tuple[timedelta, Holds]:
        name = f"{role}-{'idle' if idle else 'busy'}"
        await web.account(name, role)
        key = digest(await web.house.sessions.start(Account(name, name, role, None), web.core.clock.now()))

        async def holds() -> bool:
            now = web.core.clock.now()
            if not idle:
                await web.house.sessions.touch(key, now - SECOND)
            return await web.house.sessions.find(key, now) is not None and await web.house.sessions.live([key], now) == {key}

        return SESSION_LIMITS[role].idle if idle else SESSION_LIMITS[role].absolute, holds

    return begun


async def opening(web: Web) -> tuple[timedelta, Holds]:
    opened = await web.house.openings.begin("seat", ("farah", "manager"), WardId("4B"), (REASONS[0], "words"), web.core.clock.now())

    async def holds() -> bool:
        now = web.core.clock.now()
        return opened.holds(now) and await web.house.openings.of_seat("seat", now) is not None

    return LASTS, holds


def promise(*, hold: bool) -> Callable[[Web], Awaitable[tuple[timedelta, Holds]]]:
    async def begun(web: Web) -> tuple[timedelta, Holds]:
        number, bed, now = RequestId(f"R-{hold}"), BedId("4B-A-03" if hold else "4B-B-01"), web.core.clock.now()
        await web.core.desk.act(RequestBed(BedRequest(number, PatientId(f"p-{hold}"), now, "general")), DESK)
        await web.core.desk.act(AssignBed(number, bed, until=now + PROMISED, hold=hold), DESK)

        async def holds() -> bool:
            await Jobs(web.core.desk, web.core.desk.inbox, web.core.clock).release_expired()
            return web.core.desk.hospital.beds[bed].reserved_for is not None

        return PROMISED, holds

    return begun


async def request(web: Web) -> tuple[timedelta, Holds]:
    number, now = RequestId("R-waits"), web.core.clock.now()
    await web.core.desk.act(RequestBed(BedRequest(number, PatientId("p-waits"), now, "general")), DESK)
    lapses = web.core.desk.plan.requests.lapses_at(web.core.desk.hospital.requests[number])

    async def holds() -> bool:
        await Jobs(web.core.desk, web.core.desk.inbox, web.core.clock).wait()
        return web.core.desk.hospital.requests[number].status is not RequestStatus.EXPIRED

    return lapses - now, holds


async def badge(web: Web) -> tuple[timedelta, Holds]:
    now = web.core.clock.now()
    await web.house.bonds.account(Bond("https://provider.example", "sub-1", "ravi", "Ravi"), Role.NURSE, WardId("4B"), now)
    card = await web.house.badges.issue("ravi", "chief", now)

    async def holds() -> bool:
        owner = await web.house.badges.whose(card, web.core.clock.now())
        return owner is not None and owner.vouched

    return VOUCHED_FOR, holds


async def token(web: Web) -> tuple[timedelta, Holds]:
    key = digest(await web.house.tokens.create(Role.INTEGRATION, None, web.core.clock.now()))

    async def holds() -> bool:
        return await web.house.tokens.live([key], web.core.clock.now()) == {key}

    return TOKEN_LASTS, holds


DEADLINES = {
    "a tap that can be undone": undo,
    "a phone nobody taps": phone,
    "a station nobody touches": station,
    "a factor that was shown": proof,
    "a pairing code": code,
    "a passkey's challenge": challenge(CHALLENGE_LASTS),
    "a way to the provider": challenge(AWAY),
    "an administrator who does nothing": session(Role.ADMIN, idle=True),
    "a desk that does nothing": session(Role.ADMISSIONS, idle=True),
    "names opened for a reason": opening,
    "a promise": promise(hold=False),
    "a hold": promise(hold=True),
    "an administrator's day": session(Role.ADMIN, idle=False),
    "a shift": session(Role.ADMISSIONS, idle=False),
    "a request nobody touches": request,
    "a provider's word for a badge": badge,
    "a token": token,
}


async def test_every_deadline_holds_to_its_second_and_no_longer(web: Web) -> None:
    begun = {name: await make(web) for name, make in DEADLINES.items()}
    start: datetime = web.core.clock.now()
    for moment in sorted({at + step for at, _ in begun.values() for step in (-SECOND, SECOND)}):
        web.core.clock.set(start + moment)
        web.house.doorkeeper._known.clear()
        due = {name: moment < at for name, (at, _) in begun.items() if moment in (at - SECOND, at + SECOND)}
        assert {name: await begun[name][1]() for name in due} == due
