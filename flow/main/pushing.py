"""Rings phones that nobody looks at, through their browsers' push services: in the worker, after every commit. Off unless configured.

A phone is told of a job that was given to its cleaner, and of urgent beds in its ward and zone; a porter's of urgent transports, by where
they begin: bed labels and no more, sealed for the phone. What is told is noted before it is sent, so that nothing is
told twice; a push is a courtesy, the page itself loses nothing.
"""

import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from flow.clock import Clock
from flow.desk import Desk
from flow.domain.bed import BedStatus, CleanKind, Stage
from flow.domain.dispatch import open_job
from flow.domain.ids import WardId
from flow.domain.roles import Role
from flow.domain.transport import is_calling
from flow.history.cleaners import TRADES, Cleaner, Cleaners
from flow.history.pushes import Pushes, Reached
from flow.main.calling import post
from flow.main.house import House
from flow.main.rounds import Rounds
from flow.web_push import Push, sealed, signed

log = structlog.get_logger()
NEWS = timedelta(minutes=10)
GONE = frozenset({404, 410})
Send = Callable[[str, bytes, dict[str, str]], Awaitable[int]]
"""(address, body, headers) -> status."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a phone rings for: `offer` or `stat`, of which job, and the bed's label."""

    kind: str
    job: str
    label: str


class Pushing:
    """The pusher of one hospital."""

    def __init__(self, desk: Desk, cleaners: Cleaners, pushes: Pushes, clock: Clock, push: Push, key: ec.EllipticCurvePrivateKey) -> None:
        self.desk = desk
        self.cleaners = cleaners
        self.pushes = pushes
        self.clock = clock
        self.push = push
        self.key = key
        self.send: Send = _sent
        self.rounds = Rounds(self.step, "push.waits")
        """While Postgres is away nothing is told; the phones' pages show the order."""

    async def step(self) -> int:
        """One round; returns how many phones were written to."""
        hospital = self.desk.hospital
        dirty = any(bed.status is BedStatus.CLEANING for bed in hospital.beds.values())
        if not dirty and not any(map(is_calling, hospital.transports.values())):
            return 0
        reached = await self.pushes.all()
        people = [each for trade in TRADES for each in await self.cleaners.on_shift(trade)] if reached else []
        on_shift = {each.device: each for each in people if each.device}
        told = 0
        for phone in reached:
            for call in self.calls(phone, on_shift.get(phone.device)):
                told += await self._tell(phone, call)
        return told

    def calls(self, phone: Reached, cleaner: Cleaner | None) -> Iterator[Call]:
        """What this phone should ring for now."""
        if cleaner is not None and cleaner.trade is Role.PORTER:
            yield from self._rides(phone)
            return
        plan, now = self.desk.plan, self.clock.now()
        wards = plan.cleaning.wards_of(cleaner.zone) if cleaner else None
        for bed in self.desk.hospital.beds.values():
            job = open_job(bed)
            if job is None or bed.id not in plan.beds or bed.now.stage is not Stage.WAITING:
                continue
            ward, label = plan.beds[bed.id].ward, plan.beds[bed.id].label
            urgent = job.stat or bed.now.clean is CleanKind.STAT
            if job.is_offered and job.offered_at is not None:
                if cleaner is not None and job.cleaner == cleaner.id and now - job.offered_at <= NEWS:
                    yield Call("offer", job.id, label)
            elif job.cleaner is None and urgent and now - job.asked_at <= NEWS and _is_for(phone, wards, ward):
                yield Call("stat", job.id, label)

    def _rides(self, phone: Reached) -> Iterator[Call]:
        for job in self.desk.hospital.transports.values():
            if is_calling(job) and self.clock.now() - job.requested_at <= NEWS and phone.ward in (None, job.ward):
                yield Call("stat", job.id, job.origin)

    async def _tell(self, phone: Reached, call: Call) -> bool:
        now = self.clock.now()
        if phone.to.service not in self.push.services or not await self.pushes.is_news(phone.device, f"{call.kind}:{call.job}", now):
            return False
        body = sealed(msgspec.json.encode(call), phone.to, ec.generate_private_key(ec.SECP256R1()), os.urandom(16))
        signature = signed(phone.to.service, self.push.contact, self.key, now + timedelta(hours=12))
        headers = {"authorization": signature, "content-encoding": "aes128gcm", "ttl": "600", "urgency": "high"}
        try:
            status = await self.send(phone.to.endpoint, body, {**headers, "content-type": "application/octet-stream"})
        except (OSError, HTTPException) as error:
            log.warning("push.failed", device=phone.device, kind=type(error).__name__)
            return False
        if status in GONE:
            await self.pushes.forget(phone.device)
        log.info("push.sent", device=phone.device, what=call.kind, status=status)
        return status < 300


def _is_for(phone: Reached, wards: frozenset[WardId] | None, ward: WardId) -> bool:
    return phone.ward in (None, ward) and (wards is None or ward in wards)


async def _sent(address: str, body: bytes, headers: dict[str, str]) -> int:
    status, _ = await post(address, body, headers)
    return status


def pushing(house: House) -> Pushing | None:
    """The pusher of a running house, woken by its desk; None where nothing may leave."""
    if house.settings.push is None:
        return None
    pushes = Pushes(house.database, house.vault)
    made = Pushing(house.desk, Cleaners(house.database), pushes, house.clock, house.settings.push, pushes.key)
    house.desk.on_commit(made.rounds.wake)
    return made
