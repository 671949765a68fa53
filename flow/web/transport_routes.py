"""The URLs of transports, with their rights; `routes` puts them among all the others."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.pages import porter, transports, ward_transport

TRANSPORT_PAGES = (
    Door("GET", "/transports", transports.page, May.TRANSPORTS, Where.FILTERED),
    Door("GET", "/transports/board", transports.board, May.TRANSPORTS, Where.FILTERED),
    Door("POST", "/transports", transports.ask, May.ASK_TRANSPORT, Where.WHOLE),
    Door("POST", "/transports/{transport}/cancel", transports.cancel, May.ASK_TRANSPORT, Where.WHOLE),
    Door("POST", "/wards/{ward}/transports", ward_transport.ask, May.ASK_TRANSPORT, Where.WARD),
    Door("POST", "/wards/{ward}/transports/{transport}/cancel", ward_transport.cancel, May.ASK_TRANSPORT, Where.WARD),
    Door("GET", "/porter", porter.page, May.CARRY, Where.FILTERED),
    Door("GET", "/porter/board", porter.board, May.CARRY, Where.FILTERED),
    Door("POST", "/porter/jobs/{transport}/{step}", porter.ride, May.CARRY, Where.FILTERED),
)
