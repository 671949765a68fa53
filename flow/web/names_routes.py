"""The doors to names for a reason (break-glass) and to their review. Part of `flow.web.routes`."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.exports import exports
from flow.web.pages import names, openings

NAMES: tuple[Door, ...] = (
    Door("GET", "/names", names.ask, May.OPEN, Where.FILTERED),
    Door("POST", "/names", names.show, May.OPEN, Where.FILTERED, fresh=True),
    Door("POST", "/names/end", names.end, May.OPEN, Where.FILTERED),
    Door("GET", "/openings", openings.page, May.AUDIT, Where.WHOLE),
    Door("POST", "/openings/{opening}/review", openings.review, May.AUDIT, Where.WHOLE),
    Door("POST", "/openings/letters/{opening}/review", openings.review_letter, May.AUDIT, Where.WHOLE),
    *exports("openings", openings.report, May.AUDIT, ""),
)
