"""Every URL, with the right it needs and the ward it speaks of. Nothing is served that does not stand here.

The gate reads this table before each handler; the API's description (OpenAPI) and the role tests are made from it.
"""

from flow.domain.bed import BedStatus
from flow.domain.request import RequestStatus
from flow.domain.roles import May
from flow.domain.visit import VisitStatus
from flow.views.availability import Availability
from flow.web.api import (
    availability,
    beds,
    checks,
    commands,
    conflicts,
    feeds,
    joint,
    letters,
    looks,
    openapi,
    places,
    request_models,
    requests,
    suggestions,
    visits,
    waiting,
)
from flow.web.api.wire import Listed
from flow.web.audit_routes import AUDIT
from flow.web.census_routes import BACK_ENTRIES, CENSUS_PAGES
from flow.web.command_routes import COMMAND, COMMAND_PAGES
from flow.web.discharge_routes import DISCHARGE_PAGES, DISCHARGES
from flow.web.display_routes import DISPLAY_PAGES
from flow.web.door import LIMIT, PAGED, Door, Open, Query, Where, one_word
from flow.web.erasure_routes import ERASURES
from flow.web.escalation_routes import ESCALATION_PAGES
from flow.web.floor_plan_routes import FLOOR_PLAN_PAGES
from flow.web.health import healthz, metrics, readyz
from flow.web.huddle_routes import HUDDLE, HUDDLE_PAGES
from flow.web.names_routes import NAMES
from flow.web.opd_routes import OPD, OPD_PAGE
from flow.web.pages import (
    admin,
    desk,
    integration,
    labels,
    pairing,
    phone,
    phone_lock,
    phone_push,
    phone_scan,
    phone_shell,
    practitioners,
    problem,
    tokens,
    walls,
)
from flow.web.pages import joint as joint_page
from flow.web.report_routes import REPORT_PAGES, REPORTS
from flow.web.report_routes import V1 as _V1
from flow.web.report_routes import WARD as _WARD
from flow.web.routes_cleaning import CLEANING, SUPERVISOR, WARD_CLEANING
from flow.web.sign_in_routes import MY_SIGN_IN, SIGN_IN
from flow.web.station_routes import STATIONS
from flow.web.transport_routes import TRANSPORT_PAGES, TRANSPORTS
from flow.web.ward_routes import WARD_DEEDS, WARD_PAGE

_BEDS = (_WARD, one_word("status", BedStatus), Query("type", "a bed type"), *PAGED)
_REQUEST = f"{_V1}/bed-requests/{{request}}"
_VISIT = f"{_V1}/visits/{{visit}}"
_PLACES = f"{_V1}/wards/{{ward}}/temporary-places"

_STATE = (
    Door("GET", f"{_V1}/beds/availability", availability.get_availability, May.COUNTS, gives=Availability),
    Door("GET", f"{_V1}/beds", beds.list_beds, May.BEDS, Where.FILTERED, gives=Listed[beds.BedOut], query=_BEDS),
    Door("GET", f"{_V1}/beds/{{bed}}", beds.get_bed, May.BEDS, Where.BED, gives=beds.BedOut),
    Door("POST", f"{_V1}/beds/{{bed}}/status", beds.set_status, May.ASK, Where.BED, beds.StatusAsked, beds.BedOut),
    Door("GET", f"{_V1}/wards", beds.list_wards, May.BEDS, Where.FILTERED, gives=Listed[beds.WardOut], query=PAGED),
    Door("GET", f"{_V1}/wards/{{ward}}", beds.get_ward, May.BEDS, Where.WARD, gives=beds.WardOut),
    Door("GET", _PLACES, places.list_places, May.BEDS, Where.WARD, gives=Listed[places.PlaceOut]),
    Door("POST", _PLACES, places.make, May.ADMIT, Where.WARD, places.PlaceAsked, places.PlaceOut, 201),
    Door("DELETE", f"{_PLACES}/{{place}}", places.take_away, May.ADMIT, Where.WARD, gives=places.PlaceOut),
    Door("GET", f"{_V1}/checks", checks.list_checks, May.VERIFY, Where.FILTERED, gives=Listed[checks.CheckOut], query=PAGED),
    Door("POST", f"{_V1}/checks/{{check}}/answer", checks.answer_check, May.VERIFY, Where.FILTERED, checks.SeenAsked, checks.CheckOut),
    Door("POST", f"{_V1}/commands/{{command}}/undo", commands.undo_command, May.UNDO, gives=commands.UndoneOut),
)

_REQUESTS = (
    Door(
        "POST",
        f"{_V1}/bed-requests",
        requests.create_request,
        May.ADMIT,
        takes=request_models.RequestAsked,
        gives=request_models.RequestOut,
        status=201,
    ),
    Door(
        "GET",
        f"{_V1}/bed-requests",
        requests.list_requests,
        May.WAITING,
        Where.FILTERED,
        gives=Listed[request_models.RequestOut],
        query=(one_word("status", RequestStatus, "; else the open ones"), *PAGED),
    ),
    Door("GET", _REQUEST, requests.get_request, May.WAITING, Where.FILTERED, gives=request_models.RequestOut),
    Door("DELETE", _REQUEST, requests.cancel_request, May.ADMIT, Where.FILTERED, gives=request_models.RequestOut),
    Door(
        "GET",
        f"{_REQUEST}/suggestions",
        suggestions.suggestions,
        May.ASSIGN,
        Where.FILTERED,
        gives=suggestions.SuggestionsOut,
        query=(LIMIT,),
    ),
    Door(
        "POST", f"{_REQUEST}/assignment", requests.assign, May.ASSIGN, Where.FILTERED, requests.AssignmentAsked, request_models.RequestOut
    ),
    Door("DELETE", f"{_REQUEST}/assignment", requests.release, May.ASSIGN, Where.FILTERED, gives=request_models.RequestOut),
    Door("POST", _REQUEST, waiting.edit, May.ADMIT, Where.FILTERED, request_models.RequestEdited, request_models.RequestOut),
    Door("POST", f"{_REQUEST}/look", looks.look, May.ASSIGN, Where.FILTERED, looks.LookAsked, Listed[looks.LookOut], quiet=True),
    Door("GET", f"{_V1}/looks", looks.list_looks, May.ASSIGN, Where.FILTERED, gives=Listed[looks.LookOut]),
    Door("POST", f"{_REQUEST}/ready", waiting.ready, May.ADMIT, Where.FILTERED, waiting.ReadyAsked, request_models.RequestOut),
    Door("POST", f"{_REQUEST}/take-up", waiting.take_up, May.ADMIT, Where.FILTERED, gives=request_models.RequestOut),
    Door(
        "POST", f"{_REQUEST}/identity", waiting.identify, May.ADMIT, Where.FILTERED, request_models.PersonAsked, request_models.RequestOut
    ),
)

_JOINT = (
    Door("GET", f"{_V1}/joint-plan", joint.get_plan, May.WAITING, Where.WHOLE, gives=joint.JointPlanOut),
    Door("POST", f"{_V1}/joint-plan/accept", joint.accept, May.ASSIGN, Where.WHOLE, joint.AcceptAsked, joint.AcceptOut),
)

_VISITS = (
    Door(
        "GET",
        f"{_V1}/visits",
        visits.list_visits,
        May.WAITING,
        Where.FILTERED,
        gives=Listed[visits.VisitOut],
        query=(one_word("status", VisitStatus), *PAGED),
    ),
    Door("POST", f"{_V1}/visits", visits.admit, May.ADMIT, Where.FILTERED, visits.AdmitAsked, visits.VisitOut, 201),
    Door("POST", f"{_V1}/visits/search", visits.search, May.FIND, Where.FILTERED, visits.SearchAsked, Listed[visits.VisitOut]),
    Door("GET", _VISIT, visits.get_visit, May.WAITING, Where.FILTERED, gives=visits.VisitOut),
    Door("POST", f"{_VISIT}/transfer", visits.transfer, May.ADMIT, Where.FILTERED, visits.TransferAsked, visits.VisitOut),
    Door("POST", f"{_VISIT}/discharge", visits.discharge, May.ADMIT, Where.FILTERED, visits.DischargeAsked, visits.VisitOut),
)

_LETTER_QUERY = (
    Query("control_id", "MSH-10"),
    Query("visit", "a visit number"),
    one_word("state", letters.STATES),
    Query("trigger", "like A01"),
    Query("feed", "a feed's id"),
    Query("since", "received from this moment on", "date-time"),
    Query("until", "received before this moment", "date-time"),
    *PAGED,
)
_LETTER = f"{_V1}/hl7/letters/{{letter}}"

_FEEDS = (
    Door("GET", f"{_V1}/hl7/letters", letters.list_letters, May.LETTERS, gives=Listed[letters.LetterOut], query=_LETTER_QUERY),
    Door("GET", _LETTER, letters.get_letter, May.LETTERS, gives=letters.LetterOut),
    Door("POST", f"{_LETTER}/replay", letters.replay, May.REPLAY, gives=letters.LetterOut, fresh=True),
    Door(
        "POST",
        f"{_V1}/hl7/letters/replay",
        letters.replay_all,
        May.REPLAY,
        takes=letters.ReplayAsked,
        gives=letters.ReplayedOut,
        fresh=True,
    ),
    Door("GET", f"{_V1}/hl7/feeds", feeds.list_feeds, May.LETTERS, gives=feeds.FeedsOut),
    Door("POST", f"{_V1}/hl7/feeds/{{feed}}", feeds.change_feed, May.REPLAY, takes=feeds.FeedAsked, gives=feeds.ChangedOut),
    Door("GET", f"{_V1}/conflicts", conflicts.list_conflicts, May.CONFLICTS, Where.WHOLE, gives=Listed[conflicts.ConflictOut]),
    Door(
        "POST",
        f"{_V1}/conflicts/settle",
        conflicts.settle,
        May.CONFLICTS,
        Where.WHOLE,
        takes=conflicts.SettleAsked,
        gives=conflicts.SettledOut,
    ),
)

_HEALTH = (
    Door("GET", f"{_V1}/openapi.json", openapi.get_openapi, Open.TO_ALL),
    Door("GET", "/healthz", healthz, Open.TO_ALL),
    Door("GET", "/readyz", readyz, Open.TO_ALL),
    Door("GET", "/metrics", metrics, Open.TO_ALL),
)

API: tuple[Door, ...] = (
    *_STATE,
    *_REQUESTS,
    *_JOINT,
    *_VISITS,
    *WARD_DEEDS,
    *BACK_ENTRIES,
    *DISCHARGES,
    *TRANSPORTS,
    *CLEANING,
    *OPD,
    *REPORTS,
    *HUDDLE,
    *COMMAND,
    *_FEEDS,
    *_HEALTH,
)
_ASKED = "/admissions/requests/{request}"

_WALLS = (
    Door("GET", "/displays/{audience}/ward/{ward}", walls.ward_wall, May.BEDS, Where.WARD),
    Door("GET", "/displays/public/opd/{clinics}", walls.opd_screen, May.QUEUE, Where.CLINICS),
)

_DESK_PAGE = (
    Door("GET", "/admissions", desk.view.page, May.WAITING, Where.WHOLE),
    Door("GET", "/admissions/board", desk.view.board, May.WAITING, Where.WHOLE),
    Door("GET", "/admissions/other-beds", desk.view.other_beds, May.ADMIT, Where.WHOLE),
    Door("POST", "/admissions/requests", desk.requests.create, May.ADMIT, Where.WHOLE),
    Door("POST", f"{_ASKED}/assign", desk.assignment.assign, May.ASSIGN, Where.WHOLE),
    Door("POST", f"{_ASKED}/release", desk.assignment.release, May.ASSIGN, Where.WHOLE),
    Door("POST", f"{_ASKED}/cancel", desk.requests.cancel, May.ADMIT, Where.WHOLE),
    Door("GET", f"{_ASKED}/edit", desk.requests.fields, May.ADMIT, Where.WHOLE),
    Door("POST", f"{_ASKED}/edit", desk.requests.edit, May.ADMIT, Where.WHOLE),
    Door("POST", f"{_ASKED}/priority", desk.requests.prioritise, May.ADMIT, Where.WHOLE),
    Door("POST", f"{_ASKED}/ready", desk.requests.ready, May.ADMIT, Where.WHOLE),
    Door("POST", f"{_ASKED}/take-up", desk.requests.take_up, May.ADMIT, Where.WHOLE),
    Door("POST", f"{_ASKED}/identity", desk.requests.identify, May.ADMIT, Where.WHOLE),
    Door("GET", f"{_ASKED}/privacy", desk.privacy.of_request, May.FIND, Where.WHOLE),
    Door("GET", desk.privacy.HOME, desk.privacy.ask, May.FIND, Where.WHOLE),
    Door("POST", desk.privacy.HOME, desk.privacy.find, May.FIND, Where.WHOLE, quiet=True),
    Door("GET", f"{desk.privacy.HOME}/{{patient}}", desk.privacy.page, May.FIND, Where.WHOLE),
    Door("POST", f"{desk.privacy.HOME}/{{patient}}/name", desk.privacy.withhold, May.FIND, Where.WHOLE),
    Door("POST", f"{desk.privacy.HOME}/{{patient}}/consent", desk.privacy.withdraw, May.FIND, Where.WHOLE),
    Door("GET", "/admissions/plan", joint_page.page, May.WAITING, Where.WHOLE),
    Door("GET", "/admissions/plan/board", joint_page.board, May.WAITING, Where.WHOLE),
    Door("POST", "/admissions/plan/accept", joint_page.accept, May.ASSIGN, Where.WHOLE),
    Door("POST", "/admissions/plan/undo/{commands}", joint_page.undo, May.ASSIGN, Where.WHOLE),
    Door("POST", "/admissions/visits/{visit}/place", desk.assignment.place, May.RESOLVE, Where.WHOLE),
)

_PHONE = (
    Door("GET", "/housekeeping", phone.page, May.CLEAN, Where.FILTERED),
    Door("GET", "/housekeeping/board", phone.board, May.CLEAN, Where.FILTERED),
    Door("GET", "/housekeeping/deck", phone_shell.deck, May.CLEAN, Where.FILTERED),
    Door("GET", "/housekeeping/push", phone_push.key, May.CLEAN, Where.FILTERED),
    Door("POST", "/housekeeping/push", phone_push.subscribe, May.CLEAN, Where.FILTERED),
    Door("GET", "/housekeeping/scan", phone_scan.scan, May.CLEAN, Where.FILTERED),
    Door("GET", "/housekeeping/beds/{bed}/card", phone_scan.card, May.CLEAN, Where.BED),
    Door("GET", "/housekeeping/worker.js", phone_shell.worker, Open.TO_ALL),
    Door("GET", "/housekeeping/unlock", phone_lock.ask_pin, Open.UNLOCKING),
    Door("POST", "/housekeeping/unlock", phone_lock.unlock, Open.UNLOCKING),
    Door("GET", "/housekeeping/unlock/scan", phone_lock.scan_badge, Open.UNLOCKING),
    Door("GET", "/housekeeping/call", phone_lock.call, Open.UNLOCKING),
    Door("POST", "/housekeeping/badge", phone_lock.badge, Open.UNLOCKING),
    Door("POST", "/housekeeping/shift-over", phone_lock.shift_over, May.CLEAN, Where.FILTERED),
    Door("POST", "/housekeeping/beds/{bed}/problem", problem.report, May.PROPOSE, Where.BED),
    Door("POST", "/housekeeping/problems/{problem}/photo", problem.photo, May.PROPOSE, Where.FILTERED),
    Door("POST", "/housekeeping/beds/{bed}/dirty", phone.dirty, May.ASK, Where.BED),
    Door("POST", "/housekeeping/beds/{bed}/daily", phone.daily, May.CLEAN, Where.BED),
    Door("POST", "/housekeeping/beds/{bed}/{step}", phone.step, May.CLEAN, Where.BED),
)

_LABEL = (Door("GET", "/b/{bed}", labels.open_label, May.BEDS, Where.BED),)

_ADMIN = (
    Door("GET", "/admin", admin.page, May.DEVICES),
    Door("GET", "/admin/devices/new", pairing.ask, May.PAIR),
    Door("POST", "/admin/devices/new", pairing.enter, May.PAIR, fresh=True),
    Door("POST", "/admin/devices/{device}/revoke", admin.revoke, May.PAIR, fresh=True),
    Door("GET", tokens.PAGE, tokens.page, May.USERS_READ),
    Door("POST", tokens.PAGE, tokens.make, May.USERS, fresh=True),
    Door("POST", f"{tokens.PAGE}/{{number}}/revoke", tokens.revoke, May.USERS, fresh=True),
    Door("POST", "/admin/users", admin.add_user, May.USERS, fresh=True),
    Door("POST", "/admin/users/{user}/disable", admin.close_user, May.USERS, fresh=True),
    Door("POST", "/admin/users/{user}/second-factor/reset", admin.reset_second_factor, May.USERS, fresh=True),
    Door("POST", "/admin/users/{user}/practitioners", practitioners.bind, May.USERS, fresh=True),
    *ERASURES,
)

_INTEGRATION = (
    Door("GET", "/integration", integration.feeds.page, May.LETTERS),
    Door("GET", "/integration/board", integration.feeds.board, May.LETTERS),
    Door("GET", "/integration/feeds/{feed}", integration.tray.feed, May.LETTERS),
    Door("POST", "/integration/feeds/{feed}", integration.tray.switch, May.REPLAY),
    Door("GET", "/integration/letters", integration.letters.search, May.LETTERS),
    Door("GET", "/integration/letters/{letter}", integration.letters.letter, May.LETTERS),
    Door("POST", "/integration/letters/{letter}/reveal", integration.letters.reveal, May.REVEAL, fresh=True),
    Door("POST", "/integration/letters/{letter}/replay", integration.letters.replay, May.REPLAY, fresh=True),
    Door("GET", "/integration/tray", integration.tray.page, May.LETTERS),
    Door("GET", "/integration/tray/board", integration.tray.board, May.LETTERS),
    Door("POST", "/integration/tray/replay", integration.tray.replay, May.REPLAY, fresh=True),
    Door("POST", "/integration/tray/meaning", integration.tray.mean, May.REPLAY),
    Door("POST", "/integration/tray/token", integration.tray.give_token, May.REPLAY),
    Door("GET", "/integration/conflicts", integration.conflicts.page, May.CONFLICTS, Where.WHOLE),
    Door("GET", "/integration/conflicts/board", integration.conflicts.board, May.CONFLICTS, Where.WHOLE),
    Door("POST", "/integration/conflicts/settle", integration.conflicts.settle, May.CONFLICTS, Where.WHOLE),
    Door("GET", "/integration/outbound", integration.outbound.page, May.LETTERS),
    Door("GET", "/integration/outbound/board", integration.outbound.board, May.LETTERS),
    Door("POST", "/integration/outbound/{letter}/send", integration.outbound.resend, May.REPLAY),
    Door("POST", "/integration/outbound/{letter}/drop", integration.outbound.drop, May.REPLAY),
    Door("POST", "/integration/proposals", integration.outbound.propose, May.REPLAY),
)

PAGES: tuple[Door, ...] = (
    *SIGN_IN,
    *MY_SIGN_IN,
    *_LABEL,
    *_ADMIN,
    *FLOOR_PLAN_PAGES,
    *_INTEGRATION,
    *_WALLS,
    *WARD_PAGE,
    *OPD_PAGE,
    *_DESK_PAGE,
    *DISCHARGE_PAGES,
    *REPORT_PAGES,
    *HUDDLE_PAGES,
    *AUDIT,
    *NAMES,
    *COMMAND_PAGES,
    *DISPLAY_PAGES,
    *STATIONS,
    *CENSUS_PAGES,
    *_PHONE,
    *SUPERVISOR,
    *WARD_CLEANING,
    *TRANSPORT_PAGES,
    *ESCALATION_PAGES,
)
