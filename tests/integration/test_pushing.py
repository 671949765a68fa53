"""Phones rung through a push service: sealed for the phone, told once, only what is the phone's business, only where it was allowed."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from flow.domain.bed import BedStatus, CleanKind, Stage
from flow.domain.commands import SetBedStatus
from flow.domain.ids import BedId, WardId
from flow.domain.person import PersonDetails
from flow.domain.roles import Role
from flow.history.cleaners import Described
from flow.history.devices import Grant
from flow.history.secret import digest
from flow.main.pushing import Pushing
from flow.web_push import Push, Subscription
from tests.acceptance.canaries import FAMILY, GIVEN, MRN, OTHER_MRN, heard
from tests.integration.test_desk import NURSE, admit, discharge, open_house
from tests.integration.web_house import Web, make_web

SERVICE = "https://push.example"


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass
class Browser:
    """A phone's browser: the only one that can read what is pushed to it."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = bytes(range(16))

    @property
    def subscription(self) -> Subscription:
        return Subscription(f"{SERVICE}/{self.name}", point(self.key), self.auth)

    def read(self, body: bytes) -> dict[str, str]:
        """RFC 8291 from the other side."""
        salt, theirs = body[:16], body[21 : 21 + body[20]]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        secret = HKDF(SHA256(), 32, self.auth, b"WebPush: info\0" + point(self.key) + theirs).derive(shared)
        key, nonce = (
            HKDF(SHA256(), n, salt, b"Content-Encoding: " + what + b"\0").derive(secret) for n, what in ((16, b"aes128gcm"), (12, b"nonce"))
        )
        plain = AESGCM(key).decrypt(nonce, body[21 + body[20] :], None)
        assert plain.endswith(b"\x02")
        found: dict[str, str] = json.loads(plain[:-1])
        return found


@dataclass
class Service:
    """A push service: what came, and what it answers."""

    came: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    status: int = 201

    async def take(self, address: str, body: bytes, headers: dict[str, str]) -> int:
        self.came.append((address, body, headers))
        return self.status


@dataclass
class Rung:
    web: Web
    pushing: Pushing
    service: Service

    async def phone(self, name: str, ward: str | None = None) -> tuple[str, Browser]:
        house, now = self.web.house, self.web.core.clock.now()
        offer = await house.devices.offer("phone", now)
        device = await house.devices.pair(offer.code, Grant(name, ward=WardId(ward) if ward else None), "root", now)
        assert await house.devices.find(digest(offer.secret)) is not None
        browser = Browser(name)
        await house.pushes.subscribe(device, browser.subscription, now)
        return device, browser

    async def dirty(self, bed: str, kind: CleanKind = CleanKind.STAT) -> None:
        await self.web.core.desk.act(SetBedStatus(BedId(bed), BedStatus.CLEANING, stage=Stage.WAITING, clean=kind), NURSE)


@pytest.fixture
async def rung(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Rung]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        web = make_web(core, stack, tmp_path)
        push = Push("mailto:it@example.org", frozenset({SERVICE}))
        made = Pushing(core.desk, web.house.cleaners, web.house.pushes, core.clock, push, web.house.pushes.key)
        service = Service()
        made.send = service.take
        yield Rung(web, made, service)


async def test_an_urgent_bed_rings_once_and_says_its_label_alone(rung: Rung) -> None:
    _, browser = await rung.phone("one")
    await rung.dirty("4B-A-01")
    await rung.dirty("4B-A-02", CleanKind.ROUTINE)
    assert [await rung.pushing.step() for _ in range(3)] == [1, 0, 0]
    [(address, body, headers)] = rung.service.came
    assert address == f"{SERVICE}/one"
    told = browser.read(body)
    assert (told["kind"], told["label"]) == ("stat", "A1")
    assert headers["authorization"].startswith("vapid t=") and headers["urgency"] == "high"
    assert b"A1" not in body


async def test_no_canary_in_any_byte_that_a_push_service_or_a_phone_gets(rung: Rung) -> None:
    """Urgent beds whose patients left, a job that was given, a porter's transport; with each address, header and opened message."""
    house, now, desk = rung.web.house, rung.web.core.clock.now(), rung.web.core.desk
    for number, mrn in ((1, MRN), (2, OTHER_MRN)):
        patient = house.people.pseudonym(mrn)
        await house.people.put([PersonDetails(patient, f"{GIVEN} {FAMILY}", mrn, sex="F")], now)
        await desk.act(admit(f"CV{number}", f"4B-A-0{number}", patient=patient), NURSE)
    phones = dict([await rung.phone("one"), await rung.phone("cart")])
    porter, _ = await house.cleaners.add(Described("Suresh", trade=Role.PORTER), "lata", now)
    await house.cleaners.come_on(porter.id, next(device for device, browser in phones.items() if browser.name == "cart"), now)
    client = await rung.web.as_role(Role.ADMISSIONS)
    ridden = await client.post("/api/v1/transports", json={"bed": "4B-A-02", "to": "ward:ICU", "priority": 1})
    assert ridden.status_code == 201, ridden.text
    await desk.act(discharge("CV1", now, patient=house.people.pseudonym(MRN)), NURSE)
    await rung.dirty("4B-A-01")
    assert await rung.pushing.step() == 2, "the bed to one, the ride to the other"
    by_address = {browser.subscription.endpoint: browser for browser in phones.values()}
    for address, body, headers in rung.service.came:
        opened = by_address[address].read(body)
        assert set(opened) == {"kind", "job", "label"}
        for part in (address, body, str(headers), json.dumps(opened), headers["authorization"]):
            assert heard(part) is None, part
    assert heard(json.dumps({"label": f"A1 {GIVEN}"})) is not None, "it would be heard"


async def test_a_phone_of_another_ward_and_old_news_stay_quiet(rung: Rung) -> None:
    await rung.phone("icu", "ICU")
    await rung.dirty("4B-A-01")
    assert await rung.pushing.step() == 0
    await rung.phone("late", "4B")
    rung.web.core.clock.advance(timedelta(minutes=11))
    assert await rung.pushing.step() == 0


async def test_what_was_told_before_a_restart_is_not_told_again(rung: Rung) -> None:
    await rung.phone("one")
    await rung.dirty("4B-A-01")
    assert await rung.pushing.step() == 1
    again = Pushing(*(getattr(rung.pushing, name) for name in ("desk", "cleaners", "pushes", "clock", "push", "key")))
    again.send = rung.service.take
    assert await again.step() == 0


async def test_a_service_that_was_not_allowed_gets_nothing_and_a_dead_address_is_forgotten(rung: Rung) -> None:
    await rung.phone("one")
    await rung.dirty("4B-A-01")
    rung.pushing.push = replace(rung.pushing.push, services=frozenset({"https://other.example"}))
    assert await rung.pushing.step() == 0 and rung.service.came == []
    rung.pushing.push = replace(rung.pushing.push, services=frozenset({SERVICE}))
    rung.service.status = 410
    assert await rung.pushing.step() == 0
    assert await rung.web.house.pushes.all() == []


async def test_an_address_is_sealed_and_goes_with_its_phone(rung: Rung) -> None:
    device, browser = await rung.phone("one")
    async with rung.web.core.desk.log.database.read() as connection:
        rows = await connection.fetch("select * from push_subscription")
    assert SERVICE.encode() not in rows[0]["sealed"]
    assert [each.to for each in await rung.web.house.pushes.all()] == [browser.subscription]
    await rung.web.house.devices.revoke(device, rung.web.core.clock.now())
    assert await rung.web.house.pushes.all() == []
