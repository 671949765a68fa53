"""`[transport]` of the hospital file as the house's rules of transports: what the table leaves out stays as it comes."""

from dataclasses import replace

from flow.domain.transport_rules import TransportRules
from flow.plan_file.telling_tables import TransportTable

_AIMS = ("accept_aim", "pick_up_aim", "deliver_aim")


def transport_rules(table: TransportTable) -> TransportRules:
    """The rules that the table amounts to; each place stands once."""
    aims = {name: value for name in _AIMS if (value := getattr(table, name)) is not None}
    rules = TransportRules(exits=tuple(dict.fromkeys(table.exits)), **aims)
    return rules if table.places is None else replace(rules, places=tuple(dict.fromkeys(table.places)))
