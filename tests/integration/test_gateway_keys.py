"""The gateway's keys over HTTP: asked for where the hospital file says so, and nowhere else."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from flow.clock import FixedClock
from flow.domain.abdm import AbdmRules
from flow.errors import Unavailable
from flow.jwt import published
from flow.main.sharing import certs
from tests.abdm_gateway import gateway, modulus
from tests.plans import small_plan


def opened(address: str) -> Any:
    rules = AbdmRules("IN1", "https://gateway.example", certs=address)
    return SimpleNamespace(plan=replace(small_plan(), abdm=rules), clock=FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC)))


async def test_the_list_comes_from_the_address_of_the_file() -> None:
    with gateway() as there:
        fetch = certs(opened(there.certs))
        assert fetch is not None
        assert [(key.id, key.text) for key in published(await fetch())] == [("gateway-1", modulus())]


async def test_a_gateway_without_a_list_and_one_that_is_away_are_said() -> None:
    with gateway() as there:
        nothing, gone = certs(opened(f"{there.url}/elsewhere")), certs(opened(there.certs))
        assert nothing is not None and gone is not None
        with pytest.raises(Unavailable, match="answers 404"):
            await nothing()
    with pytest.raises(Unavailable, match="ConnectionRefusedError"):
        await gone()


def test_without_an_address_nothing_is_asked() -> None:
    assert certs(opened("")) is None
    assert certs(SimpleNamespace(plan=small_plan())) is None  # type: ignore[arg-type]
