"""The URLs of transports, with their rights; `routes` puts them among all the others."""

from flow.domain.roles import May
from flow.web.api import transports as api
from flow.web.api.wire import Listed
from flow.web.door import PAGED, Door, Open, Where
from flow.web.pages import phone_lock, phone_push, porter, transports, ward_transport

_V1 = "/api/v1"
_SHOWN = api.TransportOut

TRANSPORTS = (
    Door("GET", f"{_V1}/transports", api.list_transports, May.TRANSPORTS, Where.FILTERED, gives=Listed[_SHOWN], query=PAGED),
    Door("POST", f"{_V1}/transports", api.ask_transport, May.ASK_TRANSPORT, Where.FILTERED, api.TransportAsked, _SHOWN, 201),
    Door("POST", f"{_V1}/transports/{{transport}}/{{step}}", api.ride, May.CARRY, Where.FILTERED, api.RideAsked, _SHOWN),
)

TRANSPORT_PAGES = (
    Door("GET", "/transports", transports.page, May.TRANSPORTS, Where.FILTERED),
    Door("GET", "/transports/board", transports.board, May.TRANSPORTS, Where.FILTERED),
    Door("POST", "/transports", transports.ask, May.ASK_TRANSPORT, Where.WHOLE),
    Door("POST", "/transports/{transport}/cancel", transports.cancel, May.ASK_TRANSPORT, Where.WHOLE),
    Door("POST", "/wards/{ward}/transports", ward_transport.ask, May.ASK_TRANSPORT, Where.WARD),
    Door("POST", "/wards/{ward}/transports/{transport}/cancel", ward_transport.cancel, May.ASK_TRANSPORT, Where.WARD),
    Door("GET", "/porter", porter.page, May.CARRY, Where.FILTERED),
    Door("GET", "/porter/board", porter.board, May.CARRY, Where.FILTERED),
    Door("GET", "/porter/worker.js", porter.worker, Open.TO_ALL),
    Door("GET", "/porter/push", phone_push.key, May.CARRY, Where.FILTERED),
    Door("POST", "/porter/push", phone_push.subscribe, May.CARRY, Where.FILTERED),
    Door("POST", "/porter/shift-over", phone_lock.shift_over, May.CARRY, Where.FILTERED),
    Door("POST", "/porter/jobs/{transport}/{step}", porter.ride, May.CARRY, Where.FILTERED),
)
