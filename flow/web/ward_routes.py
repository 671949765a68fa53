"""What a ward does, on the nurse's page and over the API: the URLs and the right that each needs. `routes` has all the others."""

from flow.domain.roles import May
from flow.web.api import ward_beds, ward_patients
from flow.web.api.beds import BedOut
from flow.web.api.request_models import RequestOut
from flow.web.api.visits import VisitOut
from flow.web.door import Door, Where
from flow.web.pages import checks as checks_page
from flow.web.pages import moves, phone_checks, steps, undo, ward, ward_deeds, ward_places, ward_requests, ward_rooms

_BED = "/wards/{ward}/beds/{bed}"
_V1_BED, _V1_VISIT, _V1_ROOM = "/api/v1/beds/{bed}", "/api/v1/visits/{visit}", "/api/v1/wards/{ward}/rooms/{room}"
_CLOSED = (ward_beds.ClosingAsked, BedOut)
_SHUT = (ward_beds.ClosingAsked, ward_beds.RoomOut)
_PATIENT = (May.ADMIT, Where.FILTERED)

WARD_DEEDS = (
    Door("POST", f"{_V1_BED}/closing", ward_beds.close_bed, May.BLOCK, Where.BED, *_CLOSED),
    Door("DELETE", f"{_V1_BED}/closing", ward_beds.keep_bed, May.BLOCK, Where.BED, gives=BedOut),
    Door("POST", f"{_V1_BED}/hold", ward_beds.hold, May.ASSIGN, Where.BED, ward_beds.HoldAsked, RequestOut),
    Door("DELETE", f"{_V1_BED}/hold", ward_beds.let_go, May.ASSIGN, Where.BED, gives=RequestOut),
    Door("POST", f"{_V1_BED}/arrived", ward_patients.arrived, May.ADMIT, Where.BED, ward_patients.SeenAsked, VisitOut),
    Door("POST", f"{_V1_BED}/left", ward_patients.left, May.ADMIT, Where.BED, ward_patients.SeenAsked, VisitOut),
    Door("POST", f"{_V1_ROOM}/closing", ward_beds.close_room, May.BLOCK, Where.WARD, *_SHUT),
    Door("DELETE", f"{_V1_ROOM}/closing", ward_beds.reopen_room, May.BLOCK, Where.WARD, gives=ward_beds.RoomOut),
    Door("POST", f"{_V1_VISIT}/swap", ward_patients.swap, *_PATIENT, ward_patients.SwapAsked, VisitOut),
    Door("POST", f"{_V1_VISIT}/acuity/seen", ward_patients.see_score, *_PATIENT, ward_patients.SeenAsked, VisitOut),
    Door("POST", f"{_V1_VISIT}/isolation", ward_patients.isolate, *_PATIENT, ward_patients.IsolationAsked, VisitOut),
    Door("POST", f"{_V1_VISIT}/leave", ward_patients.go_on_leave, *_PATIENT, ward_patients.LeaveAsked, VisitOut),
    Door("DELETE", f"{_V1_VISIT}/leave", ward_patients.come_back, *_PATIENT, gives=VisitOut),
)

WARD_PAGE = (
    Door("GET", "/wards/{ward}", ward.page, May.BEDS, Where.WARD),
    Door("GET", "/wards/{ward}/board", ward.board, May.BEDS, Where.WARD),
    Door("GET", f"{_BED}/row", ward.bed_row, May.BEDS, Where.WARD),
    Door("POST", f"{_BED}/status", ward.set_status, May.ASK, Where.WARD),
    Door("POST", f"{_BED}/admit", ward.admit, May.ADMIT, Where.WARD),
    Door("POST", f"{_BED}/transfer", ward_deeds.transfer, May.ADMIT, Where.WARD),
    Door("POST", f"{_BED}/swap", ward_deeds.swap, May.ADMIT, Where.WARD),
    Door("POST", f"{_BED}/arrived", ward_deeds.arrived, May.ADMIT, Where.WARD),
    Door("POST", f"{_BED}/isolation", ward_deeds.isolate, May.ADMIT, Where.WARD),
    Door("POST", f"{_BED}/leave", ward_deeds.leave, May.ADMIT, Where.WARD),
    Door("POST", f"{_BED}/discharge", ward.discharge, May.ADMIT, Where.WARD),
    Door("POST", "/wards/{ward}/requests", ward_requests.ask, May.ADMIT, Where.WARD),
    Door("POST", f"{_BED}/apart", ward_requests.ask_apart, May.ADMIT, Where.WARD),
    Door("POST", "/wards/{ward}/requests/{request}/cancel", ward_requests.cancel, May.ADMIT, Where.WARD),
    Door("POST", "/wards/{ward}/requests/{request}/ready", ward_rooms.ready, May.ADMIT, Where.WARD),
    Door("POST", "/wards/{ward}/rooms/{room}/close", ward_rooms.close_room, May.BLOCK, Where.WARD),
    Door("POST", "/wards/{ward}/rooms/{room}/reopen", ward_rooms.reopen_room, May.BLOCK, Where.WARD),
    Door("POST", f"{_BED}/close", ward_rooms.close_bed, May.BLOCK, Where.WARD),
    Door("POST", f"{_BED}/keep", ward_rooms.keep_bed, May.BLOCK, Where.WARD),
    Door("POST", f"{_BED}/hold", ward_rooms.hold, May.ASSIGN, Where.WARD),
    Door("POST", f"{_BED}/let-go", ward_rooms.let_go, May.ASSIGN, Where.WARD),
    Door("POST", "/wards/{ward}/places", ward_places.make, May.ADMIT, Where.WARD),
    Door("POST", "/wards/{ward}/places/{place}/close", ward_places.take_away, May.ADMIT, Where.WARD),
    Door("POST", "/wards/{ward}/moves/{request}/answer", moves.answer, May.ANSWER, Where.WARD),
    Door("POST", "/wards/{ward}/beds/{bed}/rest", moves.mark_rest, May.ADMIT, Where.WARD),
    Door("POST", "/wards/{ward}/checks/{check}", checks_page.on_ward, May.VERIFY, Where.WARD),
    Door("POST", "/housekeeping/checks/{check}", phone_checks.on_phone, May.VERIFY, Where.FILTERED),
    Door("GET", "/step-up-down", steps.page, May.WAITING, Where.FILTERED),
    Door("GET", "/step-up-down/board", steps.board, May.WAITING, Where.FILTERED),
    Door("POST", "/step-up-down/{visit}/ask", steps.ask, May.ADMIT, Where.FILTERED),
    Door("POST", f"{_BED}/acuity", ward_deeds.watch, May.ADMIT, Where.WARD),
    Door("POST", f"{_BED}/acuity/seen", ward_deeds.seen, May.ADMIT, Where.WARD),
    Door("POST", "/undo/{command}", undo.undo, May.UNDO),
)
