"""The doors to the audit trail. Part of `flow.web.routes`."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.exports import exports
from flow.web.pages import audit

AUDIT: tuple[Door, ...] = (
    Door("GET", "/audit", audit.page, May.AUDIT, Where.WHOLE),
    Door("POST", "/audit/patient", audit.patient, May.AUDIT, Where.WHOLE, quiet=True),
    *exports("trail", audit.report, May.AUDIT, "/audit"),
)
