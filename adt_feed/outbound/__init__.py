"""Outbound: tells another system what happened here, so that nobody types it twice: beds (A20), promises (A14, A15), charges (DFT^P03).

`follower` turns the log into letters and lays them into the durable queue together with its cursor, `bed_reports`, `promised` and
`room_charges` write them (`envelope` has what they share), `courier` sends what lies in the queue, in order, until it is answered.
"""

from adt_feed.outbound.courier import Courier, mllp
from adt_feed.outbound.follower import Follower, House
from adt_feed.outbound.queue import Queue

__all__ = ["Courier", "Follower", "House", "Queue", "mllp"]
