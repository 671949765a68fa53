"""What a display showed at a moment, drawn again from history by the view and the template that drew it then, in its class of audience,
with the rooms and beds of the hospital file that it was drawn by."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.check import Check
from flow.domain.ids import WardId
from flow.domain.opd import RoomState, Token
from flow.domain.plan import Clinic, Plan
from flow.domain.request import BedRequest
from flow.domain.showing import How, Showing, showing
from flow.history import past, pictures
from flow.history.devices import Listed
from flow.locale import words
from flow.views.bed_tile import Audience
from flow.views.cleaning_wall import CleaningWall, cleaning_tiles
from flow.views.command_centre import command_centre
from flow.views.command_screen import CommandWall
from flow.views.display_past import FileThen, facts_of
from flow.views.kiosk import Kiosk, Past, said_live, said_of_age
from flow.views.opd_wall import OpdWall, opd_wall
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from flow.web.pages.displays import one_of, screens_of
from flow.web.pages.form import Form
from flow.web.pages.page import html
from flow.web.pages.walls import clinics_of, spoken_in
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown

A_MINUTE = timedelta(minutes=1)
OPEN_FOR = timedelta(days=30)
"""How far back what was open at a moment may have changed last."""


class Moment:
    """A display's picture at a time: what is known of it, and the Seq up to which the log had told it; `note` is what differs from then."""

    def __init__(self, house: House, device: Listed, at: datetime, shown: Showing, seq: int, built: tuple[Plan, FileThen]) -> None:
        self.house = house
        self.plan, self.file = built
        self.device = device
        self.at = at
        self.shown = shown
        self.seq = seq
        self.as_of = shown.as_of or at
        self.audience = Audience(shown.audience)
        self.note = ""
        self.lang = shown.stretch.lang if shown.stretch is not None and shown.stretch.lang else device.lang

    @property
    def kiosk(self) -> Kiosk:
        """What stands on the page beside the picture."""
        now, told = self.house.clock.now(), self.shown.stretch
        said = words(self.lang)
        live = self.shown.seq is None
        state, icon, label, banner = said_live(said) if live else said_of_age(self.at, self.as_of, self.plan.zone, said)
        return Kiosk(
            past=Past(
                state,
                icon,
                label,
                banner,
                f"{self.device.name}, {self.at:%d %b %Y %H:%M:%S}",
                (*facts_of(self.shown, self.seq, self.plan.zone, self.file), *([self.note] if self.note else [])),
                self._address("/shown", -A_MINUTE),
                self._address("/shown", A_MINUTE) if self.at + A_MINUTE <= now else "",
                self._address("", timedelta(0)),
            ),
            words=said,
            light=told.light if told is not None else self.device.light,
        )

    def _address(self, page: str, by: timedelta) -> str:
        query = {"device": self.device.id, "time": (self.at + by).replace(tzinfo=None).isoformat(timespec="seconds")}
        return f"/admin/displays{page}?{urlencode(query)}"


async def page(request: Request) -> Response:
    """The picture; the page of times where none is asked for."""
    house, form = house_of(request), Form(request.query_params)
    at = form.moment("time", house.plan.zone)
    if at is None or not form.text("device"):
        return RedirectResponse("/admin/displays", 303)
    now = house.clock.now()
    if at > now:
        raise invalid("in-future", "That time has not come yet.")
    device = one_of(await screens_of(house), form.text("device"))
    shown = showing(*await house.displays.by(device.id, at.astimezone(ZoneInfo("UTC"))), at, now)
    seq = shown.seq if shown.seq is not None else await past.seq_at(house.database, at)
    if shown.how is How.UNKNOWN:
        raise unknown("nothing-shown", f"{device.name} had shown nothing by then, and was not connected.")
    said = shown.stretch.file if shown.stretch is not None and shown.how is not How.SENT else 0
    built = await house.plans_then.at((shown.as_of or at).astimezone(UTC), said)
    return await _drawn(request, Moment(house, device, at, shown, seq, built))


async def _drawn(request: Request, moment: Moment) -> Response:
    kind, _, key = moment.shown.topics.partition(":")
    if kind == "ward" and key in moment.plan.ward:
        return html(request, "wall/page.html", await _ward(moment, WardId(key)))
    clinics = [name.removeprefix("opd:") for name in moment.shown.topics.split(",")]
    if kind == "opd" and moment.plan.clinic.keys() >= set(clinics):
        return html(request, "opd/screen.html", await _clinics(moment, clinics_of(moment.plan, clinics)))
    if kind == "house":
        return html(request, "command_centre/wall.html", await _house(moment))
    if kind == "cleaning" and (not key or key in moment.plan.ward):
        return html(request, "cleaning_wall/page.html", await _cleaning(moment, WardId(key) if key else None))
    raise unknown("not-drawn-again", f"What {moment.shown.topics} shows is not drawn again: see its words in the list.")


async def _ward(moment: Moment, key: WardId) -> WardWall:
    plan, database = moment.plan, moment.house.database
    ward = await moment.house.floor_plans.ward_at(key, moment.as_of, plan)
    beds = await pictures.beds_of(database, moment.seq)
    checks = await past.records_at(database, "check", moment.seq, await past.seq_at(database, moment.at - OPEN_FOR))
    checked = frozenset(check.bed for check in checks if isinstance(check, Check) and check.is_live)
    kiosk = moment.kiosk
    drawn = ward_plan(ward, beds, moment.audience, moment.as_of, plan.zone, checked, plan.station, words=kiosk.words)
    return WardWall.of(drawn, moment.audience, moment.at, real_clock=False, kiosk=kiosk)


async def _clinics(moment: Moment, clinics: list[Clinic]) -> OpdWall:
    database, zone = moment.house.database, moment.plan.zone
    day = moment.as_of.astimezone(ZoneInfo(zone)).date()
    since = await past.seq_at(database, moment.at - timedelta(days=2))
    tokens = [token for token in await past.records_at(database, "token", moment.seq, since) if isinstance(token, Token)]
    rooms = {room.id: room for room in await past.records_at(database, "room", moment.seq, 0) if isinstance(room, RoomState)}
    of_day = [token for token in tokens if token.day == day]
    spoken = spoken_in(moment.plan, clinics)
    return opd_wall(clinics, of_day, rooms, moment.at, zone, real_clock=False, kiosk=moment.kiosk, spoken=spoken)


async def _waiting(moment: Moment) -> list[BedRequest]:
    """The requests that were open."""
    database = moment.house.database
    since = await past.seq_at(database, moment.at - OPEN_FOR)
    asked = await past.records_at(database, "request", moment.seq, since)
    return [request for request in asked if isinstance(request, BedRequest) and request.is_live]


async def _cleaning(moment: Moment, ward: WardId | None) -> CleaningWall:
    beds = await pictures.beds_of(moment.house.database, moment.seq)
    tiles = cleaning_tiles(moment.plan, beds, await _waiting(moment), (), moment.at, ward)
    nicks = {cleaner.id: cleaner.nick for cleaner in await moment.house.cleaners.all()}
    order = "The order of cleaning is kept nowhere: here the urgent, the promised and the longest waiting come first."
    moment.note = f"{order} Nicknames are those of today."
    return CleaningWall(moment.plan, tiles, moment.audience, moment.at, ward=ward, nicks=nicks, real_clock=False, kiosk=moment.kiosk)


async def _house(moment: Moment) -> CommandWall:
    beds = await pictures.beds_of(moment.house.database, moment.seq)
    pressed = await moment.house.levels.then(moment.as_of)
    now = command_centre(moment.plan, beds, await _waiting(moment), moment.as_of, pressed)
    return CommandWall(moment.plan, now, moment.at, real_clock=False, kiosk=moment.kiosk)
