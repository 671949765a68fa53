"""The URLs of discharges, with their rights; `routes` puts them among all the others."""

from flow.domain.roles import May
from flow.web.api import milestones
from flow.web.api.wire import Listed
from flow.web.door import PAGED, Door, Query, Where
from flow.web.pages import discharges, ward_discharge

_V1 = "/api/v1"
_VISIT = f"{_V1}/visits/{{visit}}"
_SHOWN = milestones.DischargeOut
_QUERY = (
    Query("ward", "a ward's id"),
    *PAGED,
)

DISCHARGES = (
    Door("GET", f"{_V1}/discharges", milestones.list_discharges, May.DISCHARGES, Where.FILTERED, gives=Listed[_SHOWN], query=_QUERY),
    Door("GET", f"{_VISIT}/milestones", milestones.get_milestones, May.DISCHARGES, Where.FILTERED, gives=_SHOWN),
    Door("POST", f"{_VISIT}/milestones", milestones.begin, May.DISCHARGE, Where.FILTERED, milestones.BeginAsked, _SHOWN),
    Door("DELETE", f"{_VISIT}/milestones", milestones.call_off, May.DISCHARGE, Where.FILTERED, gives=_SHOWN),
    Door("POST", f"{_VISIT}/milestones/{{step}}", milestones.mark, May.DISCHARGE, Where.FILTERED, milestones.StepAsked, _SHOWN),
    Door("POST", f"{_VISIT}/preauth", milestones.preauth, May.DISCHARGE, Where.FILTERED, milestones.PreauthAsked, _SHOWN),
)

DISCHARGE_PAGES = (
    Door("GET", "/discharges", discharges.page, May.DISCHARGES, Where.FILTERED),
    Door("GET", "/discharges/board", discharges.board, May.DISCHARGES, Where.FILTERED),
    Door("POST", "/discharges/{visit}/{deed}", discharges.do, May.DISCHARGE, Where.FILTERED),
    Door("POST", "/wards/{ward}/discharges", ward_discharge.begin, May.DISCHARGE, Where.WARD),
    Door("POST", "/wards/{ward}/discharges/{visit}/{deed}", ward_discharge.do, May.DISCHARGE, Where.WARD),
)
