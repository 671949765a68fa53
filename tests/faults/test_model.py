"""F8: the desk on a real Postgres against a model of it, by hypothesis: whatever is done, both stand alike after each step.

The model is twenty lines that know beds, patients and promises and nothing of events. Between the steps the desk is opened anew, as after
a restart, its connections are killed, and a click is repeated with its key. The control is a desk that forgets.
"""

import asyncio
import os
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from flow.clock import FixedClock
from flow.desk import Actor, Desk
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import AssignBed, CancelRequest, Chart, Command, Person, ReleaseBed, RequestBed, SetBedStatus, Told
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, HospitalId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Act, Fact, Order
from flow.embedded import Stores
from flow.errors import Refused, Unavailable
from flow.history.inbox import Inbox
from flow.history.migrate import migrate
from flow.history.people import People
from flow.history.pool import Database
from flow.vault import open_vault
from tests.faults.run import report
from tests.integration.conftest import stores
from tests.integration.test_desk import NOW
from tests.plans import small_plan

__all__ = ["stores"]
T = TypeVar("T")
BEDS = ("4B-A-01", "4B-A-02", "4B-B-01", "ICU-I-01")
NURSE = Actor("nurse")
_numbers = count(1)
_world = SimpleNamespace(dsn="", runner=None, vault=None)
steps: dict[str, int] = {}


@dataclass
class Model:
    """What a hospital is, without any of ours: each bed's status, who lies where, who is promised what."""

    status: dict[str, str] = field(default_factory=lambda: dict.fromkeys(BEDS, "available"))
    lies: dict[str, str] = field(default_factory=dict)
    promised: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)

    def free(self, bed: str) -> bool:
        return self.status[bed] in ("available", "cleaning") and bed not in self.promised.values()

    def enter(self, visit: str, bed: str) -> None:
        self.leave(visit)
        self.lies[visit], self.status[bed] = bed, "occupied"

    def leave(self, visit: str) -> None:
        if visit in self.lies:
            self.status[self.lies.pop(visit)] = "cleaning"


class Machine(RuleBasedStateMachine):
    """One hospital of its own for each run."""

    def __init__(self) -> None:
        super().__init__()
        self.model, self.clock, self.last = Model(), FixedClock(NOW), None
        self.plan = replace(small_plan(), id=HospitalId(f"m{next(_numbers)}"))
        self.stack = AsyncExitStack()
        self.desk = _run(self._open())
        self.keys, self.visits, self.asked = count(1), count(1), count(1)

    async def _open(self) -> Desk:
        await self.stack.aclose()
        database = await Database.connect(_world.dsn, self.plan.id, size=4)
        self.stack.push_async_callback(database.close)
        desk = Desk(database, self.plan, Inbox(database, _world.vault), People(database, _world.vault), self.clock, lambda *_: None)
        await desk.open()
        task = asyncio.create_task(desk.run())
        self.stack.push_async_callback(asyncio.gather, task, return_exceptions=True)
        self.stack.callback(task.cancel)
        return desk

    def teardown(self) -> None:
        _run(self.stack.aclose())

    def does(self, command: Command, *, right: bool) -> bool:
        """Carry it out, again with its key where nobody knows the outcome; whether it is refused must be what the model says."""
        steps[type(command).__name__] = steps.get(type(command).__name__, 0) + 1
        self.clock.advance(timedelta(minutes=1))
        self.last = (command, f"k{next(self.keys)}")
        refused = False
        try:
            _run(self._until_known(*self.last))
        except Refused:
            refused = True
        assert refused is not right, f"{command} was {'refused' if refused else 'done'}"
        return right

    async def _until_known(self, command: Command, key: str) -> int:
        while True:
            try:
                return (await self.desk.act(command, NURSE, key=key)).seq
            except Unavailable:
                await asyncio.sleep(0.02)

    def _told(self, visit: str, act: Act, bed: str | None = None) -> Chart:
        at = self.clock.now() + timedelta(minutes=1)
        fact = Fact(act, at, Order(at), place=bed)
        return Chart((Told(VisitId(visit), Person(PatientId(f"p{visit}"), "F", 40), fact),), by_person=True)

    # -- patients -----------------------------------------------------------------------------------------------------

    @rule(bed=st.sampled_from(BEDS))
    def admit(self, bed: str) -> None:
        visit = f"V{next(self.visits)}"
        if self.does(self._told(visit, Act.ADMIT, bed), right=self.model.free(bed)):
            self.model.enter(visit, bed)

    @precondition(lambda self: self.model.lies)
    @rule(data=st.data(), bed=st.sampled_from(BEDS))
    def transfer(self, data: st.DataObject, bed: str) -> None:
        visit = data.draw(st.sampled_from(sorted(self.model.lies)))
        if self.model.lies[visit] == bed:
            return
        if self.does(self._told(visit, Act.TRANSFER, bed), right=self.model.free(bed)):
            self.model.enter(visit, bed)

    @precondition(lambda self: self.model.lies)
    @rule(data=st.data())
    def discharge(self, data: st.DataObject) -> None:
        visit = data.draw(st.sampled_from(sorted(self.model.lies)))
        if self.does(self._told(visit, Act.DISCHARGE), right=True):
            self.model.leave(visit)

    # -- beds ---------------------------------------------------------------------------------------------------------

    @rule(bed=st.sampled_from(BEDS), status=st.sampled_from([BedStatus.CLEANING, BedStatus.AVAILABLE, BedStatus.MAINTENANCE]))
    def set_status(self, bed: str, status: BedStatus) -> None:
        if status is BedStatus.MAINTENANCE and bed in self.model.promised.values():
            return
        reason = OutOfUse.REPAIR if status is BedStatus.MAINTENANCE else None
        if self.does(SetBedStatus(BedId(bed), status, reason=reason), right=self.model.status[bed] != "occupied"):
            self.model.status[bed] = status.value

    # -- promises -----------------------------------------------------------------------------------------------------

    @rule()
    def ask(self) -> None:
        key = f"R{next(self.asked)}"
        if self.does(RequestBed(BedRequest(RequestId(key), PatientId(f"q{key}"), self.clock.now(), "general")), right=True):
            self.model.waiting.add(key)

    @precondition(lambda self: self.model.waiting)
    @rule(data=st.data(), bed=st.sampled_from(BEDS))
    def assign(self, data: st.DataObject, bed: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.waiting)))
        if self.model.status[bed] in ("occupied", "maintenance"):
            return
        if self.does(AssignBed(RequestId(key), BedId(bed), override_reason="none other"), right=self.model.free(bed)):
            self.model.waiting.remove(key)
            self.model.promised[key] = bed

    @precondition(lambda self: self.model.promised)
    @rule(data=st.data(), cancel=st.booleans())
    def take_back(self, data: st.DataObject, cancel: bool) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.promised)))
        if self.does(CancelRequest(RequestId(key)) if cancel else ReleaseBed(RequestId(key)), right=True):
            del self.model.promised[key]
            self.model.waiting |= set() if cancel else {key}

    # -- faults -------------------------------------------------------------------------------------------------------

    @rule()
    def start_again(self) -> None:
        steps["restart"] = steps.get("restart", 0) + 1
        self.desk = _run(self._open())

    @rule()
    def cut(self) -> None:
        """Every connection of the desk is killed; the next click finds out."""
        steps["cut"] = steps.get("cut", 0) + 1
        _run(_cut())

    @precondition(lambda self: self.last)
    @rule()
    def again(self) -> None:
        """The last click with its key a second time: its first outcome, and nothing new."""
        steps["again"] = steps.get("again", 0) + 1
        seq = self.desk.hospital.seq
        try:
            assert _run(self._until_known(*self.last)) <= seq
        except Refused:
            pass
        assert _run(self.desk.whole())[1].seq == seq

    @initialize()
    def begin(self) -> None:
        steps["runs"] = steps.get("runs", 0) + 1

    @invariant()
    def both_stand_alike(self) -> None:
        """As Postgres has it, whatever this desk believes."""
        hospital = _run(self._whole())
        model = self.model
        assert {bed: hospital.beds[BedId(bed)].status.value for bed in BEDS} == model.status
        lies = {str(state.visit): bed for bed in BEDS if (state := hospital.beds[BedId(bed)]).visit}
        assert lies == model.lies
        requests = {str(key): request for key, request in hospital.requests.items()}
        promised = {key: str(request.bed) for key, request in requests.items() if request.status is RequestStatus.ASSIGNED}
        assert promised == model.promised
        held = {bed: state.reserved_for for bed in BEDS if (state := hospital.beds[BedId(bed)]).reserved_for}
        assert held == {bed: f"request:{key}" for key, bed in model.promised.items()}
        assert {key for key, request in requests.items() if request.status is RequestStatus.WAITING} == model.waiting
        assert hospital.beds == self.desk.hospital.beds, "the desk's own picture"

    async def _whole(self) -> Hospital:
        while True:
            try:
                return (await self.desk.whole())[1]
            except Unavailable:
                await asyncio.sleep(0.02)


class Forgetful(Machine):
    """The control: after a restart the model has lost a patient, as a desk would whose commit did not reach the disk."""

    @precondition(lambda self: self.model.lies)
    @rule()
    def start_again(self) -> None:
        super().start_again()
        self.model.leave(min(self.model.lies))


async def _cut() -> None:
    connection = await asyncpg.connect(_world.dsn)
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    await connection.close()


def _run(work: Coroutine[Any, Any, T]) -> T:
    found: T = _world.runner.run(work)
    return found


@contextmanager
def world(dsn: str) -> Iterator[None]:
    """A database with the schema and a loop, for all runs."""

    async def make() -> None:
        connection = await asyncpg.connect(dsn)
        await connection.execute(f"create database model_{os.getpid()}_{next(_numbers)}")
        name = await connection.fetchval("select datname from pg_database where datname like 'model_%' order by oid desc limit 1")
        await connection.close()
        _world.dsn = dsn.replace("/bedflow?", f"/{name}?")
        database = await Database.connect(_world.dsn, "none")
        await migrate(database)
        await database.close()

    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as folder:
        _world.runner, _world.vault = runner, open_vault(Path(folder))
        runner.run(make())
        yield


def _quietly(examples: int, steps_each: int) -> settings:
    return settings(max_examples=examples, stateful_step_count=steps_each, deadline=None, suppress_health_check=list(HealthCheck))


def test_the_desk_and_its_model_stand_alike(stores: Stores) -> None:
    with world(stores.dsn):
        run_state_machine_as_test(Machine, settings=_quietly(5, 25))
    print(steps)


def test_a_desk_that_forgets_is_found_out(stores: Stores) -> None:
    with world(stores.dsn), pytest.raises((AssertionError, Flaky)):
        run_state_machine_as_test(Forgetful, settings=settings(_quietly(20, 25), phases=[Phase.generate]))
    print(steps)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_the_desk_and_its_model_stand_alike_for_long(stores: Stores) -> None:
    steps.clear()
    with world(stores.dsn):
        run_state_machine_as_test(Machine, settings=_quietly(int(os.environ.get("F8_RUNS", "100")), 50))
    rows = "\n".join(f"| {name} | {number} |" for name, number in sorted(steps.items()))
    report(
        "faults-f8",
        f"F8, {steps['runs']} hospitals: no step after which desk and model differed.\n\n| step | times |\n| --- | --- |\n{rows}",
        **steps,
    )
