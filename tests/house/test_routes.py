"""Every route has a gate and a right; who passes which gate is what the matrix of TRUST.md says, written out here once more by hand."""

import inspect
import re
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.routing import Route

from flow.domain.roles import MATRIX, May, Reach, Role
from flow.web.app import check_gates
from flow.web.door import Door, Open, Where
from flow.web.problems import Denied
from flow.web.routes import API, PAGES
from flow.web.security.gate import check_grant
from flow.web.security.principal import Principal, Way
from tests.plans import small_plan

DOORS = (*API, *PAGES)
HOUSE: Any = SimpleNamespace(plan=small_plan())
OPEN_TO_ALL = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /api/v1/openapi.json",
    "GET /login",
    "POST /login",
    "POST /login/passkey",
    "POST /login/passkey/options",
    "POST /login/provider",
    "GET /login/provider/back",
    "POST /login/provider/logout",
    "GET /pair",
    "POST /pair/status",
    "GET /",
    "GET /housekeeping/worker.js",
    "GET /porter/worker.js",
    "GET /t/{slip}",
    "POST /t/{slip}/no-messages",
    "POST /api/v3/hip/patient/share",
}
SIGNED_IN = {"POST /sign-out", "POST /session/active", "POST /displays/shown"}
UNLOCKING = {
    "GET /housekeeping/unlock",
    "POST /housekeeping/unlock",
    "GET /housekeeping/unlock/scan",
    "POST /housekeeping/badge",
    "GET /housekeeping/call",
}

STATION = {"POST /station/badge", "GET /station/scan", "GET /station/state"}
HALF = {
    "GET /login/first-password",
    "POST /login/first-password",
    "GET /login/second",
    "POST /login/second",
    "POST /login/second/passkey",
    "POST /login/second/passkey/options",
}

ADMISSIONS, NURSE, CLEANER, DISPLAY = Role.ADMISSIONS, Role.NURSE, Role.HOUSEKEEPING, Role.DISPLAY
MANAGER, ADMIN, AUDITOR, OPD, SUPERVISOR = Role.MANAGER, Role.ADMIN, Role.AUDITOR, Role.OPD, Role.SUPERVISOR
PORTER, DOCTOR = Role.PORTER, Role.DOCTOR
SEE = {ADMISSIONS, NURSE, CLEANER, DISPLAY, MANAGER, ADMIN, DOCTOR, PORTER, SUPERVISOR}
LEAVING = {ADMISSIONS, NURSE, DOCTOR, Role.BILLING, Role.PHARMACY}
ALLOWED: dict[str, set[Role]] = {
    "GET /api/v1/beds/availability": SEE,
    "GET /api/v1/beds": SEE,
    "GET /api/v1/beds/{bed}": SEE,
    "GET /wards/{ward}": SEE,
    "GET /displays/{audience}/ward/{ward}": SEE,
    "GET /api/v1/visits/{visit}": {ADMISSIONS, NURSE, MANAGER},
    "POST /api/v1/visits": {ADMISSIONS, NURSE},
    "POST /api/v1/visits/{visit}/discharge": {ADMISSIONS, NURSE},
    "GET /names": {MANAGER, ADMIN, DOCTOR},
    "POST /names": {MANAGER, ADMIN, DOCTOR},
    "POST /names/end": {MANAGER, ADMIN, DOCTOR},
    "GET /openings": {AUDITOR},
    "GET /openings.csv": {AUDITOR},
    "POST /openings/{opening}/review": {AUDITOR},
    "POST /openings/letters/{opening}/review": {AUDITOR},
    "POST /admin/users/{user}/practitioners": {ADMIN},
    "GET /opd/{clinic}/appointments": {ADMISSIONS, OPD},
    "POST /opd/{clinic}/appointments/{token}/come": {ADMISSIONS, OPD},
    "GET /discharges": LEAVING | {MANAGER},
    "POST /discharges/{visit}/{deed}": LEAVING,
    "POST /wards/{ward}/discharges": LEAVING,
    "GET /api/v1/discharges": LEAVING | {MANAGER},
    "GET /api/v1/visits/{visit}/milestones": LEAVING | {MANAGER},
    "POST /api/v1/visits/{visit}/milestones": LEAVING,
    "POST /api/v1/visits/{visit}/milestones/{step}": LEAVING,
    "DELETE /api/v1/visits/{visit}/milestones": LEAVING,
    "POST /api/v1/visits/{visit}/preauth": LEAVING,
    "POST /api/v1/bed-requests": {ADMISSIONS, NURSE},
    "POST /api/v1/bed-requests/{request}": {ADMISSIONS, NURSE},
    "GET /admissions/requests/{request}/edit": {ADMISSIONS},
    "POST /admissions/requests/{request}/edit": {ADMISSIONS},
    "POST /admissions/requests/{request}/priority": {ADMISSIONS},
    "POST /admissions/requests/{request}/ready": {ADMISSIONS},
    "POST /admissions/requests/{request}/take-up": {ADMISSIONS},
    "POST /admissions/requests/{request}/identity": {ADMISSIONS},
    "POST /api/v1/bed-requests/{request}/look": {ADMISSIONS, NURSE, MANAGER},
    "GET /api/v1/wards/{ward}/temporary-places": SEE,
    "POST /api/v1/wards/{ward}/temporary-places": {ADMISSIONS, NURSE},
    "DELETE /api/v1/wards/{ward}/temporary-places/{place}": {ADMISSIONS, NURSE},
    "GET /api/v1/looks": {ADMISSIONS, NURSE, MANAGER},
    "POST /api/v1/bed-requests/{request}/ready": {ADMISSIONS, NURSE},
    "POST /api/v1/bed-requests/{request}/take-up": {ADMISSIONS, NURSE},
    "POST /api/v1/bed-requests/{request}/identity": {ADMISSIONS, NURSE},
    "POST /api/v1/bed-requests/{request}/assignment": {ADMISSIONS, NURSE, MANAGER},
    "DELETE /api/v1/bed-requests/{request}/assignment": {ADMISSIONS, NURSE, MANAGER},
    "GET /admissions": {ADMISSIONS, MANAGER},
    "GET /api/v1/cleaning-jobs": {ADMISSIONS, NURSE, CLEANER, MANAGER, SUPERVISOR},
    "POST /api/v1/cleaning-jobs/{bed}/finish": {CLEANER, SUPERVISOR},
    "POST /housekeeping/beds/{bed}/{step}": {CLEANER, SUPERVISOR},
    "GET /porter": {PORTER},
    "POST /api/v1/transports/{transport}/{step}": {PORTER},
    "POST /api/v1/transports": {ADMISSIONS, NURSE, DOCTOR},
    "POST /porter/jobs/{transport}/{step}": {PORTER},
    "POST /porter/push": {PORTER},
    "POST /porter/shift-over": {PORTER},
    "GET /transports": {ADMISSIONS, NURSE, DOCTOR, MANAGER, PORTER, SUPERVISOR},
    "POST /transports": {ADMISSIONS},
    "POST /wards/{ward}/transports": {ADMISSIONS, NURSE, DOCTOR},
    "GET /escalations": {ADMISSIONS, NURSE, DOCTOR, MANAGER, SUPERVISOR, Role.BILLING, Role.PHARMACY},
    "POST /escalations/rules/{rule}/{deed}": {MANAGER},
    "GET /command-centre": {ADMISSIONS, MANAGER, SUPERVISOR},
    "GET /displays/staff/command-centre": {ADMISSIONS, MANAGER, SUPERVISOR},
    "GET /displays/staff/housekeeping": {ADMISSIONS, CLEANER, MANAGER, SUPERVISOR},
    "GET /displays/ward/housekeeping/{ward}": {ADMISSIONS, NURSE, CLEANER, DISPLAY, MANAGER, SUPERVISOR},
    "GET /api/v1/command-centre": {ADMISSIONS, MANAGER, SUPERVISOR},
    "GET /admin/displays": {ADMIN, AUDITOR, SUPERVISOR},
    "GET /admin/displays/shown": {ADMIN, AUDITOR, SUPERVISOR},
    "GET /back-entry/{ward}": {ADMISSIONS, NURSE, SUPERVISOR},
    "POST /back-entry/{ward}/{deed}": {ADMISSIONS, NURSE, SUPERVISOR},
    "GET /api/v1/wards/{ward}/back-entries": {ADMISSIONS, NURSE, SUPERVISOR},
    "POST /api/v1/wards/{ward}/back-entries": {ADMISSIONS, NURSE, SUPERVISOR},
    "GET /census": {ADMISSIONS, NURSE, MANAGER, ADMIN, DOCTOR, SUPERVISOR},
    "GET /census/{ward}": {ADMISSIONS, NURSE, MANAGER, ADMIN, DOCTOR, SUPERVISOR},
    "GET /api/v1/history/at": {NURSE, MANAGER},
    "GET /api/v1/history/beds/{bed}": {NURSE, MANAGER},
    "GET /manager/replay": {MANAGER},
    "GET /manager/replay.json": {MANAGER},
    "GET /manager/replay.csv": {MANAGER},
    "GET /manager/beds/{bed}": {MANAGER},
    "GET /manager/bed.csv": {MANAGER},
    "GET /manager/visit.csv": {MANAGER},
    "GET /manager/policies.csv": {ADMISSIONS, MANAGER, AUDITOR},
    "GET /manager/visits/{visit}": {MANAGER},
    "GET /manager/ledger-behind": {MANAGER},
    "GET /manager/ledger-behind.csv": {MANAGER},
    "GET /manager/overrides": {ADMISSIONS, MANAGER, AUDITOR},
    "GET /manager/data-quality": {ADMISSIONS, MANAGER, AUDITOR},
    "GET /manager/kpis": {ADMISSIONS, MANAGER, AUDITOR},
    "GET /manager/kpis.csv": {ADMISSIONS, MANAGER, AUDITOR},
    "GET /api/v1/kpis": {ADMISSIONS, NURSE, MANAGER, AUDITOR},
    "GET /manager/ledger": {ADMISSIONS, MANAGER, AUDITOR},
    "GET /manager/ledger.csv": {ADMISSIONS, MANAGER, AUDITOR},
    "GET /api/v1/ledger": {ADMISSIONS, NURSE, MANAGER, AUDITOR},
    "GET /manager/forecast": {ADMISSIONS, MANAGER, AUDITOR},
    "GET /manager/forecast.csv": {ADMISSIONS, MANAGER, AUDITOR},
    "GET /api/v1/forecast": {ADMISSIONS, NURSE, MANAGER, AUDITOR},
    "GET /api/v1/checks": {ADMISSIONS, NURSE, CLEANER, MANAGER, DOCTOR, PORTER, SUPERVISOR},
    "POST /api/v1/checks/{check}/answer": {ADMISSIONS, NURSE, CLEANER, MANAGER, DOCTOR, PORTER, SUPERVISOR},
    "POST /wards/{ward}/checks/{check}": {ADMISSIONS, NURSE, CLEANER, MANAGER, DOCTOR, PORTER, SUPERVISOR},
    "POST /housekeeping/checks/{check}": {ADMISSIONS, NURSE, CLEANER, MANAGER, DOCTOR, PORTER, SUPERVISOR},
    "GET /api/v1/hl7/letters": {ADMIN, AUDITOR},
    "POST /api/v1/hl7/letters/{letter}/replay": {ADMIN},
    "POST /api/v1/hl7/feeds/{feed}": {ADMIN},
    "GET /integration": {ADMIN, AUDITOR},
    "POST /integration/letters/{letter}/reveal": {ADMIN},
    "POST /integration/tray/meaning": {ADMIN},
    "GET /integration/conflicts": {ADMISSIONS, MANAGER, ADMIN},
    "POST /api/v1/conflicts/settle": {ADMISSIONS, MANAGER, ADMIN},
    "GET /api/v1/opd/clinics/{clinic}/queue": {ADMISSIONS, DISPLAY, MANAGER, OPD},
    "POST /api/v1/opd/clinics/{clinic}/call-next": {ADMISSIONS, OPD},
}


def name(door: Door) -> str:
    return f"{door.method} {door.path}"


def as_principal(role: Role, ward: str = "4B") -> Principal:
    """Somebody of a role; those who are bound to a ward or clinic are bound to this one."""
    bound: Any = ward if Reach.WARD in MATRIX[role].values() else None
    clinics: Any = ("ENT",) if role is DISPLAY else ()
    return Principal("x", Way.TOKEN, role, "x", b"x", bound, clinics)


def passes(door: Door, principal: Principal | None, ward: str = "4B") -> int:
    """200, or the status of the refusal."""
    bed = {"4B": "4B-A-01", "ICU": "ICU-I-01"}[ward]
    params = {"ward": ward, "bed": bed, "clinic": "ENT", "clinics": "ENT", "audience": "public"}
    request = Request({"type": "http", "method": door.method, "path": door.path, "headers": [], "path_params": params})
    try:
        check_grant(door, principal, request, HOUSE)
    except Denied as denied:
        return denied.status
    return 200


def test_a_route_without_a_gate_stops_the_start() -> None:
    async def bare(request: Request) -> None: ...

    with pytest.raises(RuntimeError, match="/leak has no permission"):
        check_gates([Route("/leak", bare)])


def test_no_door_is_listed_twice_or_hidden_by_another() -> None:
    names = [name(door) for door in DOORS]
    assert len(names) == len(set(names))
    for place, door in enumerate(DOORS):
        sample = re.sub(r"{\w+}", "x", door.path)
        first = next(d for d in DOORS if d.method == door.method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", d.path), sample))
        assert first is door, f"{door.path} at {place} is hidden by {first.path}"


def test_open_doors_are_these_and_no_more() -> None:
    assert {name(d) for d in DOORS if d.needs is Open.TO_ALL} <= OPEN_TO_ALL
    assert {name(d) for d in DOORS if d.needs is Open.SIGNED_IN} <= SIGNED_IN
    assert {name(d) for d in DOORS if d.needs is Open.UNLOCKING} == UNLOCKING
    assert {name(d) for d in DOORS if d.needs is Open.HALF} == HALF
    assert {name(d) for d in DOORS if d.needs is Open.STATION} == STATION
    assert {d.path.split("/")[1] for d in DOORS if d.needs is Open.PERSON} == {"my-sign-in", "prove"}


def test_a_path_with_a_ward_bed_or_clinic_is_checked_for_it() -> None:
    for door in DOORS:
        if isinstance(door.needs, May) and door.where is Where.HOUSE:
            assert not re.search(r"{(ward|bed|clinics?|request|visit|token)}", door.path), name(door)


@pytest.mark.parametrize("door", DOORS, ids=name)
def test_nobody_unknown_passes(door: Door) -> None:
    assert passes(door, None) == (200 if door.needs is Open.TO_ALL else 401)


@pytest.mark.parametrize("door", DOORS, ids=name)
def test_roles_pass_as_the_matrix_says(door: Door) -> None:
    """Every role at every door; where no line above names the door, whoever the matrix gives no right is refused."""
    allowed = ALLOWED.get(name(door))
    shut = {role for role in Role if isinstance(door.needs, May) and MATRIX[role][door.needs] is Reach.NO}
    judged = set(Role) if allowed is not None else shut
    wanted = {role: 200 if allowed is not None and role in allowed else 403 for role in judged}
    assert {role: passes(door, as_principal(role)) for role in judged} == wanted


@pytest.mark.parametrize("door", [d for d in DOORS if d.where in (Where.WARD, Where.BED)], ids=name)
def test_nobody_bound_to_a_ward_passes_in_another(door: Door) -> None:
    bound = (NURSE, DISPLAY, DOCTOR)
    assert {role: passes(door, as_principal(role, "4B"), ward="ICU") for role in bound} == dict.fromkeys(bound, 403)


def test_a_bound_cleaner_keeps_to_the_zone() -> None:
    bound = Principal("p", Way.DEVICE, CLEANER, "p", b"p", ward="4B")  # type: ignore[arg-type]
    door = next(d for d in DOORS if name(d) == "POST /api/v1/cleaning-jobs/{bed}/finish")
    assert (passes(door, bound, "4B"), passes(door, bound, "ICU")) == (200, 403)


def test_a_locked_phone_opens_the_unlocking_door_alone() -> None:
    locked = Principal("p", Way.DEVICE, CLEANER, "p", b"p", locked=True)
    opened = {name(d) for d in DOORS if passes(d, locked) == 200}
    assert opened == {name(d) for d in DOORS if d.needs in (Open.TO_ALL, Open.UNLOCKING)}


def test_every_right_has_its_row_for_every_role() -> None:
    assert all(set(MATRIX[role]) == set(May) for role in Role)
    assert {role for role in Role if MATRIX[role][May.NAMES] is Reach.ALL} == {ADMISSIONS, OPD}
    assert all(MATRIX[role][May.NAMES] is Reach.NO for role in (CLEANER, ADMIN, AUDITOR, SUPERVISOR, Role.INTEGRATION, PORTER))
    assert all(reach is Reach.NO for right, reach in MATRIX[Role.INTEGRATION].items() if right is not May.METRICS)


def test_a_body_is_described_by_the_model_that_reads_it() -> None:
    reads = re.compile(r"await read\(request, (\w+)\)")
    found = {f"{door.method} {door.path}": (reads.findall(inspect.getsource(door.handler)), door.takes) for door in API}
    told = {name: (model.__name__, *read) for name, (read, model) in found.items() if read and model is not None}
    assert len(told) > 30
    assert {name: each for name, each in told.items() if len({*each}) > 1} == {}
    assert [name for name, (read, model) in found.items() if read and model is None] == []
