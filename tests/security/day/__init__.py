"""A hospital's day for schemathesis: for each operation of the API, how it comes about that it can be done, over the real doors.

Standard library alone: it runs in the scanners' own environment (`tests.security.hooks`).
"""

from tests.security.day import desk, wards
from tests.security.day.house import WAYS, Good, House, Refused

__all__ = ["WAYS", "Good", "House", "Refused", "desk", "wards"]
