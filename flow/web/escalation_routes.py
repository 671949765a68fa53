"""The URLs of escalations, with their rights; `routes` puts them among all the others."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.pages import escalations

ESCALATION_PAGES = (
    Door("GET", "/escalations", escalations.page, May.ESCALATIONS, Where.FILTERED),
    Door("GET", "/escalations/board", escalations.board, May.ESCALATIONS, Where.FILTERED),
    Door("GET", "/escalations/bell", escalations.bell, May.ESCALATIONS, Where.FILTERED),
    Door("POST", "/escalations/rules/{rule}/{deed}", escalations.mute, May.MUTE, Where.WHOLE),
)
