"""Whose name is to be withheld from those who do not care for them: VIP (PV1-16), and who asked that nobody be told that they are here
(PV2-22 of the visit, PD1-12 of the person). An empty field says nothing; `""` and a no take back what was said."""

from adt_feed.mapping.context import Group
from adt_feed.message import NULL
from flow.domain.person import Guard
from flow.domain.plan import Feed

FIELDS = {Guard.VIP: ("PV1", 16), Guard.VISIT: ("PV2", 22), Guard.PERSON: ("PD1", 12)}
NO = frozenset({NULL, "N", "NO", "NONE", "0", "F", "FALSE"})
"""HL7 table 0136, and what senders write of a VIP who is none (table 0099 is each hospital's own); any other word is a yes."""
SILENT = frozenset({"", "U", "UNKNOWN"})


def guards(group: Group, feed: Feed) -> tuple[tuple[Guard, bool], ...]:
    """What the message says of them, field by field; of a VIP by the feed's own words, where it has some."""
    vip = frozenset(word.strip().upper() for word in feed.vip)
    said = ((guard, group.segment(name), field) for guard, (name, field) in FIELDS.items())
    words = ((guard, segment.component(field).strip().upper()) for guard, segment, field in said if segment is not None)
    said_so = ((guard, word in vip if vip and guard is Guard.VIP else word not in NO, word) for guard, word in words)
    return tuple((guard, stands) for guard, stands, word in said_so if word not in SILENT)
