"""The doors to the audit trail, and to what is kept for how long. Part of `flow.web.routes`."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.exports import exports
from flow.web.pages import audit, retention

AUDIT: tuple[Door, ...] = (
    Door("GET", "/audit", audit.page, May.AUDIT, Where.WHOLE),
    Door("POST", "/audit/patient", audit.patient, May.AUDIT, Where.WHOLE, quiet=True),
    *exports("trail", audit.report, May.AUDIT, "/audit"),
    Door("GET", "/admin/retention", retention.page, May.USERS_READ, Where.WHOLE),
    Door("POST", "/admin/retention/holds/patient", retention.hold_patient, May.USERS, Where.WHOLE, fresh=True),
    Door("POST", "/admin/retention/holds/period", retention.hold_period, May.USERS, Where.WHOLE, fresh=True),
    Door("POST", "/admin/retention/holds/{hold}/lift", retention.lift, May.USERS, Where.WHOLE, fresh=True),
)
