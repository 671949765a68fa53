"""The gateway's keys: fetched when they are needed, renewed when it signs with a new one, and believed no longer than they live."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from flow.certs import AFTERLIFE, FRESH, LIFE, PAUSE, Certs
from flow.clock import FixedClock
from flow.domain.abdm import AbdmRules
from flow.errors import Unavailable
from flow.jwt import Key, Untrusted, published
from tests import abdm_gateway
from tests.abdm_gateway import Gateway, modulus, pem, private, token

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class House:
    """A hospital that fetches; `away`: nobody answers."""

    def __init__(self, *keys: Key, fetches: bool = True) -> None:
        self.clock, self.gateway, self.away = FixedClock(AT), Gateway(""), False
        self.certs = Certs(AbdmRules("IN1", "", keys=keys), self.clock, self.fetch if fetches else None)

    async def fetch(self) -> bytes:
        await asyncio.sleep(0)
        found = self.gateway.publishes()
        if self.away:
            raise Unavailable("nobody answers")
        return found

    async def believes(self, said: str = "") -> bool:
        try:
            await self.certs.verified(said or self.gateway.signs(self.clock.now()))
        except Untrusted:
            return False
        return True


async def test_a_rotated_key_is_fetched_when_the_first_token_names_it() -> None:
    house = House()
    assert [await house.believes() for _ in range(3)] == [True] * 3
    assert house.gateway.certs_asked == 1
    house.clock.advance(PAUSE)
    old = house.gateway.signs(house.clock.now())
    house.gateway.rotate()
    assert await house.believes() and await house.believes(old), "what is under way was signed by the old one"
    assert house.gateway.certs_asked == 2


async def test_an_old_key_ends_an_hour_after_it_was_left_out() -> None:
    house = House()
    assert await house.believes()
    house.clock.advance(PAUSE)
    house.gateway.rotate()
    assert await house.believes()
    for passed, believed in ((AFTERLIFE - SECOND, True), (SECOND, False)):
        house.clock.advance(passed)
        assert await house.believes(token(house.clock.now())) is believed, passed
    assert await house.believes()


async def test_strangers_make_us_call_once_a_minute() -> None:
    house = House()
    assert await house.believes()
    strange = token(AT, kid="mine", key=5)
    for _ in range(20):
        assert not await house.believes(strange)
    assert house.gateway.certs_asked == 1
    house.clock.advance(PAUSE)
    assert not any(await asyncio.gather(*(house.believes(strange) for _ in range(20))))
    assert house.gateway.certs_asked == 2


async def test_all_who_come_at_once_wait_for_one_list() -> None:
    house = House()
    assert all(await asyncio.gather(*(house.believes() for _ in range(20))))
    assert house.gateway.certs_asked == 1


async def test_while_the_list_is_away_what_is_known_is_believed_for_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    house = House()
    assert await house.believes()
    house.away = True
    house.clock.advance(LIFE - SECOND)
    assert await house.believes()
    house.clock.advance(SECOND)
    assert not await house.believes()
    assert "share.no_keys" in "".join(capsys.readouterr())
    house.away = False
    house.clock.advance(PAUSE)
    assert await house.believes()


async def test_the_list_is_looked_at_once_an_hour() -> None:
    house = House()
    assert await house.believes()
    house.clock.advance(FRESH)
    assert await house.believes()
    assert house.gateway.certs_asked == 2


async def test_keys_by_hand_work_alone_and_beside_the_list() -> None:
    by_hand = Key("by-hand", "RS256", pem(private(number=7)))
    said = token(AT, kid="by-hand", key=7)
    alone, beside = House(by_hand, fetches=False), House(by_hand)
    assert await alone.believes(said) and not await alone.believes()
    assert await beside.believes(said) and await beside.believes()
    assert alone.gateway.certs_asked == 0, "nothing leaves the house"


def test_of_a_list_only_keys_that_sign_by_rs256_are_taken() -> None:
    same = f'"kty": "RSA", "e": "AQAB", "n": "{modulus()}"'
    good = f'{{"kid": "1", {same}}}'
    others = [f'{{"kid": "2", "alg": "RS512", {same}}}', f'{{"kid": "3", "use": "enc", {same}}}', f"{{{same}}}"]
    others += ['{"kid": "4", "kty": "oct", "k": "c2VjcmV0"}', '{"kid": "5", "kty": "RSA", "e": "AQAB", "n": "AQAB"}']
    others += [f'{{"kid": "6", "kty": "RSA", "e": "Aw", "n": "{modulus()}"}}']
    found = published(f'{{"keys": [{", ".join((*others, good))}]}}'.encode())
    assert [(key.id, key.alg) for key in found] == [("1", "RS256")]
    for nothing in (b"", b"<html>", b"[]", b'{"keys": []}', b'{"keys": 1}', b"\xff", f'{{"keys": [{others[0]}]}}'.encode()):
        with pytest.raises(ValueError, match="JWK set"):
            published(nothing)
    assert abdm_gateway.SECRET not in str(found)
