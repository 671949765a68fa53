"""From the text of a hospital file to the plan: TOML, its shape, what contradicts itself, the drawing; then the tables become records."""

import re
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Any

from flow.domain.ids import BedId, ClinicId, FeedId, HospitalId, RoomId, WardId
from flow.domain.move_rules import MoveRules
from flow.domain.plan import Bed, Box, Feed, Plan, Room, SexPolicy, Ward
from flow.domain.request_rules import RequestRules
from flow.domain.room_rates import RoomRates
from flow.domain.weights import Weights
from flow.errors import Misconfigured
from flow.plan_file.abdm import abdm_rules, check_abdm
from flow.plan_file.boxes import boxes
from flow.plan_file.check import Named, check_wards, named_beds
from flow.plan_file.check_services import check_clinics, check_feeds
from flow.plan_file.checks import check_checks, check_rules
from flow.plan_file.cleaning import check_cleaning, cleaning_rules
from flow.plan_file.command_centre import alert_rules, check_command_centre
from flow.plan_file.discharge import discharge_rules
from flow.plan_file.escalations import check_escalations, escalation_rules
from flow.plan_file.forecast import check_forecast, forecast_rules
from flow.plan_file.kpi import check_kpi, kpi_aims
from flow.plan_file.layout import metres
from flow.plan_file.lines import Lines, Path
from flow.plan_file.opd_tables import clinic_of, queue_policy
from flow.plan_file.opd_telling import check_opd_telling, opd_telling
from flow.plan_file.patient_messages import check_patient_messages, patient_messages
from flow.plan_file.problems import Problems
from flow.plan_file.reports import report_rules
from flow.plan_file.schema import AllocationTable, FeedTable, File, MovesTable, RatesTable, RequestsTable, RoomTable, WardTable
from flow.plan_file.shape import shaped
from flow.plan_file.sign_in import check_sign_in, sign_in_rules
from flow.plan_file.station import check_station, station_rules
from flow.plan_file.transport import transport_rules
from flow.plan_file.walls import check_walls, wall_looks


def load_plan(path: FilePath) -> Plan:
    """The plan of a file. Raises Misconfigured with file, line and what to do for everything that is wrong in it."""
    return parse_plan(read_file(path), str(path))


def read_file(path: FilePath) -> str:
    """The text of a file. Raises Misconfigured where there is none to read."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path}: the hospital file cannot be read ({error}). Set BEDFLOW_HOSPITAL to one.") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _damaged(str(path), line, "a letter that is not UTF-8; save the file as UTF-8") from error


def parse_plan(text: str, source: str) -> Plan:
    """The plan of a text; `source` is its name in errors. Raises Misconfigured with up to twenty problems and their lines."""
    text = text.removeprefix("\ufeff")
    data = _toml(text, source)
    problems = Problems(source, Lines(text))
    file = shaped(data, problems)
    drawable = not len(problems)
    _check(file, problems)
    wards = tuple(_ward(ward, ("wards", index), problems) for index, ward in enumerate(file.wards) if drawable)
    problems.stop()
    queue = queue_policy(file.opd)
    return Plan(
        HospitalId(file.hospital.id),
        file.hospital.name,
        file.hospital.zone,
        wards,
        tuple(clinic_of(clinic, queue) for clinic in file.clinics),
        tuple(_feed(feed, file.hospital.zone) for feed in file.feeds),
        _weights(file.allocation),
        requests=_requests(file.requests),
        moves=_moves(file.moves),
        rates=_rates(file.room_rates),
        checks=check_rules(file.checks),
        cleaning=cleaning_rules(file.cleaning),
        discharge=discharge_rules(file.discharge),
        transport=transport_rules(file.transport),
        patient_messages=patient_messages(file.patient_messages),
        escalations=escalation_rules(file.escalations, file.escalating),
        station=station_rules(file.station),
        queue=queue,
        opd_telling=opd_telling(file.opd_telling),
        alert=alert_rules(file.command_centre),
        forecast=forecast_rules(file.forecast),
        kpi_aims=kpi_aims(file.kpi),
        reports=report_rules(file.reports),
        abdm=abdm_rules(file.abdm),
        walls=wall_looks(file.walls),
        sign_in=sign_in_rules(file.sign_in),
        file=sha256(text.encode()).hexdigest(),
    )


def _check(file: File, problems: Problems) -> None:
    """What the shapes alone do not say."""
    places = check_wards(file, problems)
    check_clinics(file.clinics, problems)
    check_feeds(file, places, problems)
    check_checks(file.checks, problems)
    check_cleaning(file, problems)
    check_escalations(file, problems)
    check_patient_messages(file.patient_messages, problems)
    check_opd_telling(file.opd_telling, {clinic.id for clinic in file.clinics}, problems)
    check_station(file.station, problems)
    check_walls(file.walls, problems)
    check_command_centre(file.command_centre, problems)
    check_forecast(file.forecast, problems)
    check_kpi(file.kpi, [ward.id for ward in file.wards], [clinic.id for clinic in file.clinics], problems)
    check_abdm(file.abdm, {clinic.id for clinic in file.clinics}, problems)
    check_sign_in(file.sign_in, {ward.id for ward in file.wards} | {clinic.id for clinic in file.clinics}, problems)


def _toml(text: str, source: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = re.search(r"\(at line (\d+)", str(error))
        line = int(said[1]) if said else text.rstrip().count("\n") + 1
        raise _damaged(source, line, f"not TOML: {str(error).partition(' (at ')[0]}; look at this line and the one before") from error


def _damaged(source: str, line: int, what: str) -> Misconfigured:
    return Misconfigured(f"The hospital file cannot be used:\n{source}:{line}: {what}", code="hospital-file")


def _ward(ward: WardTable, path: Path, problems: Problems) -> Ward:
    rows = [list(named_beds(ward, room, (*path, "rooms", index))) for index, room in enumerate(ward.rooms)]
    drawn = boxes(ward, rows, path, problems)
    scale = ward.metres_across / drawn.width
    rooms, beds = [], []
    for room, row, place in zip(ward.rooms, rows, drawn.rooms, strict=True):
        rooms.append(Room(_room_id(ward, room), WardId(ward.id), room.name, SexPolicy(room.sex), room.type, place.room))
        beds += [_bed(ward, room, bed, box, metres(box, drawn.station, scale)) for bed, box in zip(row, place.beds, strict=True)]
    return Ward(
        WardId(ward.id),
        ward.name,
        ward.specialty,
        ward.floor,
        ward.type,
        ward.age_min,
        ward.age_max,
        tuple(rooms),
        tuple(beds),
        drawn.labels,
    )


def _room_id(ward: WardTable, room: RoomTable) -> RoomId:
    return RoomId(f"{ward.id}-{room.id}")


def _bed(ward: WardTable, room: RoomTable, bed: Named, box: Box, way: int) -> Bed:
    table = bed.table
    return Bed(
        BedId(bed.id),
        WardId(ward.id),
        _room_id(ward, room),
        bed.label,
        table.type or room.type,
        frozenset(room.features) | frozenset(table.features),
        table.metres if table.metres is not None else way,
        box,
        tuple(table.aliases),
    )


def _feed(feed: FeedTable, zone: str) -> Feed:
    places = {place: BedId(bed) for place, bed in feed.places.items()}
    return Feed(
        FeedId(feed.id),
        feed.name,
        feed.zone or zone,
        feed.listen,
        feed.outbound,
        feed.a08,
        feed.charset,
        places,
        feed.statuses,
        feed.classes,
        tuple(feed.authorities),
        tuple(feed.visit_key),
        {word: ClinicId(clinic) for word, clinic in feed.clinics.items()},
        feed.client,
        tuple(feed.sends),
        feed.charges,
        feed.on_outage,
        payers=feed.payers,
        dispositions=feed.dispositions,
        vip=tuple(feed.vip),
    )


def _rates(table: RatesTable) -> RoomRates:
    said = {name: rate for name in table.__struct_fields__ if name != "currency" and (rate := getattr(table, name)) is not None}
    return RoomRates(table.currency, said)


def _weights(table: AllocationTable) -> Weights:
    """What the table leaves out stays as it comes."""
    said = {name: value for name in table.__struct_fields__ if (value := getattr(table, name)) is not None}
    return Weights(**said)


def _moves(table: MovesTable) -> MoveRules:
    """What the table leaves out stays as it comes."""
    said = {name: value for name in table.__struct_fields__ if (value := getattr(table, name)) is not None}
    return MoveRules(**said)


def _requests(table: RequestsTable) -> RequestRules:
    return RequestRules(table.aims, table.expire_hours, table.from_plans, table.place_minutes)
