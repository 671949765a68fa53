"""What an outpatient clinic does, on its page and over the API: the URLs and the right that each needs. `routes` has all the others."""

from flow.domain.roles import May
from flow.web.api import abdm, opd, opd_calls, opd_ways
from flow.web.api.wire import Listed
from flow.web.door import PAGED, Door, Open, Query, Where
from flow.web.pages import appointments, booking_feed, opd_own, opd_slip
from flow.web.pages import opd as page
from flow.web.pages import opd_ways as ways_page

_CLINIC, _TOKEN = "/api/v1/opd/clinics/{clinic}", "/api/v1/opd/tokens/{token}"
_ROOM, _ROW = "/opd/{clinic}/rooms/{room}", "/opd/{clinic}/tokens/{token}"
_LIST = "/opd/{clinic}/appointments"
_CALLS = (May.CALL, Where.CLINIC)
_HALL, _HEARS = "/api/v1/opd/halls/{clinics}", (May.QUEUE, Where.CLINICS)
_CALL = (Query("room", "the key of a room's tile, like room:ENT/1"), Query("token", "the number that is called into it"))

OPD = (
    Door("GET", "/api/v1/opd/clinics", opd.list_clinics, May.QUEUE, Where.FILTERED, gives=Listed[opd.ClinicOut], query=PAGED),
    Door("GET", f"{_CLINIC}/queue", opd.queue, May.QUEUE, Where.CLINIC, gives=Listed[opd.TokenOut], query=PAGED),
    Door("GET", f"{_CLINIC}/waits", opd_ways.waits, May.QUEUE, Where.CLINIC, gives=opd_ways.WaitsOut),
    Door("GET", f"{_HALL}/call", opd_calls.words_of_call, *_HEARS, gives=opd_calls.CallOut, query=_CALL),
    Door("GET", f"{_HALL}/call.wav", opd_calls.sound_of_call, *_HEARS, gives=bytes, query=(*_CALL, Query("lang", "which language"))),
    Door("POST", f"{_CLINIC}/tokens", opd.issue, *_CALLS, opd.TokenAsked, opd.TokenOut, 201),
    Door("POST", f"{_CLINIC}/call-next", opd.call_next, *_CALLS, opd.CallAsked, opd.TokenOut),
    Door("POST", f"{_CLINIC}/rooms/{{room}}", opd.set_room, *_CALLS, opd.RoomAsked, opd.RoomOut),
    Door("POST", f"{_CLINIC}/rooms/{{room}}/session", opd_ways.hold_session, *_CALLS, opd_ways.SessionAsked, opd_ways.SessionsOut),
    Door("POST", f"{_TOKEN}/room", opd_ways.send_to_room, May.CALL, Where.FILTERED, opd.CallAsked, opd.TokenOut),
    Door("POST", f"{_TOKEN}/admission", opd_ways.advise_admission, May.CALL, Where.FILTERED, opd_ways.AdmissionAsked, opd.TokenOut),
    Door("POST", f"{_TOKEN}/{{step}}", opd.mark, May.CALL, Where.FILTERED, opd.NothingAsked, opd.TokenOut),
    Door("POST", "/api/v3/hip/patient/share", abdm.share, Open.TO_ALL, takes=abdm.ShareTold, gives=abdm.ShareTaken),
)

OPD_PAGE = (
    Door("GET", "/opd/{clinic}", page.page, May.QUEUE, Where.CLINIC),
    Door("GET", "/opd/{clinic}/board", page.board, May.QUEUE, Where.CLINIC),
    Door("GET", "/opd/{clinic}/feed-silence", booking_feed.line, May.QUEUE, Where.CLINIC),
    Door("GET", "/opd/{clinic}/registered", page.registered, *_CALLS),
    Door("POST", "/opd/{clinic}/registered", ways_page.give_registered, *_CALLS),
    Door("GET", _LIST, appointments.page, *_CALLS),
    Door("GET", f"{_LIST}/board", appointments.board, *_CALLS),
    Door("GET", "/opd/{clinic}/poster", appointments.poster, *_CALLS),
    Door("POST", f"{_LIST}/{{token}}/come", appointments.has_come, *_CALLS),
    Door("POST", f"{_LIST}/{{token}}/missed", appointments.missed, *_CALLS),
    Door("POST", "/opd/{clinic}/tokens", page.issue, *_CALLS),
    Door("POST", f"{_ROOM}/call-next", page.call_next, *_CALLS),
    Door("POST", f"{_ROOM}/away", page.away, *_CALLS),
    Door("POST", f"{_ROOM}/session", ways_page.hold_session, *_CALLS),
    Door("GET", f"{_ROW}/slip", opd_slip.page, *_CALLS),
    Door("POST", f"{_ROW}/tell", opd_slip.tell, *_CALLS),
    Door("POST", f"{_ROW}/room", ways_page.send_to_room, *_CALLS),
    Door("POST", f"{_ROW}/admission", ways_page.advise_admission, *_CALLS),
    Door("POST", f"{_ROW}/{{step}}", page.mark, *_CALLS),
    Door("GET", "/t/{slip}", opd_own.page, Open.TO_ALL),
    Door("POST", "/t/{slip}/no-messages", opd_own.stop, Open.TO_ALL),
)
