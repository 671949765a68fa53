"""The doors to the past as managers see it: any minute on the floor plan, a bed's days, a visit's path. Part of the reports' doors."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.exports import exports
from flow.web.pages import bed_past, policies, replay

PAST_PAGES: tuple[Door, ...] = (
    Door("GET", "/manager/replay", replay.page, May.CASES, Where.WHOLE),
    Door("GET", "/manager/replay.json", replay.data, May.CASES, Where.WHOLE),
    *exports("replay", replay.report, May.CASES),
    Door("GET", "/manager/beds/{bed}", bed_past.bed, May.CASES, Where.WHOLE),
    *exports("bed", bed_past.report, May.CASES),
    Door("GET", "/manager/visits/{visit}", bed_past.visit, May.CASES, Where.WHOLE),
    *exports("visit", bed_past.visit_report, May.CASES),
    Door("GET", "/manager/policies", policies.page, May.REPORTS, Where.WHOLE),
    *exports("policies", policies.report),
    Door("GET", "/manager/policies/board", policies.board, May.REPORTS, Where.WHOLE),
)
