"""Names for the things a hospital counts. Distinct types, so that a ward can never be passed where a bed is meant."""

from typing import NewType

Seq = NewType("Seq", int)
"""The one number: position in the log = Redis stream id = SSE id = version of a tile."""

HospitalId = NewType("HospitalId", str)
WardId = NewType("WardId", str)
RoomId = NewType("RoomId", str)
BedId = NewType("BedId", str)
ClinicId = NewType("ClinicId", str)
FeedId = NewType("FeedId", str)
VisitId = NewType("VisitId", str)
"""The visit number as the HIS gives it (PV1-19), or one made here (`M-000123`, `planned-...`)."""
PatientId = NewType("PatientId", str)
"""A pseudonym made by the vault from the MRN; never the MRN itself."""
RequestId = NewType("RequestId", str)
TokenId = NewType("TokenId", str)
TransportId = NewType("TransportId", str)
CheckId = NewType("CheckId", str)
