"""The admission desk's part of the day, and what engineers and managers do: requests, promises, letters, conflicts, clinics, the past."""

from typing import Any

from tests.security.day.house import CLINIC, ROOM, V1, WARD, Good, House, soon, way
from tests.security.day.wards import free_bed, patient

_ASKED, _BED = f"{V1}/bed-requests/{{request}}", f"{V1}/beds/{{bed}}"
_CLINIC, _TOKEN, _HALL = f"{V1}/opd/clinics/{{clinic}}", f"{V1}/opd/tokens/{{token}}", f"{V1}/opd/halls/{{clinics}}"
_LETTER = f"{V1}/hl7/letters/{{letter}}"
WHY = "the ward asked for it"


def wanted(house: House, **more: Any) -> dict[str, Any]:
    """Somebody who waits for a bed."""
    person = {"mrn": house.new("W"), "name": "Made Up", "sex": "F", "birth_date": "1980-02-01"}
    return dict(house.post("/bed-requests", {"type": "general", "patient": person, **more}))


def promised(house: House) -> dict[str, Any]:
    """Somebody who waits, with a bed of the ward."""
    request, bed = wanted(house), free_bed(house)
    return dict(house.post(f"/bed-requests/{request['id']}/assignment", {"bed": bed, "override_reason": WHY}))


@way(f"POST {V1}/bed-requests")
def asked(house: House) -> Good:
    return Good(body={"type": "general", "patient": {"mrn": house.new("W"), "name": "Made Up"}, "from": "ED"})


@way(f"GET {V1}/bed-requests")
@way(f"GET {V1}/joint-plan")
def waiting(house: House) -> Good:
    wanted(house)
    return Good()


@way(f"GET {_ASKED}")
@way(f"DELETE {_ASKED}")
@way(f"GET {_ASKED}/suggestions")
def a_request(house: House) -> Good:
    return Good({"request": wanted(house)["id"]})


@way(f"POST {_ASKED}/ready")
def ready(house: House) -> Good:
    return Good({"request": wanted(house)["id"]}, {})


@way(f"POST {_ASKED}/assignment")
def assigned(house: House) -> Good:
    return Good({"request": wanted(house)["id"]}, {"bed": free_bed(house), "override_reason": WHY})


@way(f"DELETE {_ASKED}/assignment")
def released(house: House) -> Good:
    return Good({"request": promised(house)["id"]})


@way(f"POST {_ASKED}")
def edited(house: House) -> Good:
    request = wanted(house)
    return Good({"request": request["id"]}, {"if_seq": request["seq"], "priority": 2})


@way(f"POST {_ASKED}/look")
def considered(house: House) -> Good:
    return Good({"request": wanted(house)["id"]}, {"bed": free_bed(house)})


@way(f"GET {V1}/looks")
def looks(house: House) -> Good:
    house.post(f"/bed-requests/{wanted(house)['id']}/look", {"bed": free_bed(house)})
    return Good()


@way(f"POST {_ASKED}/take-up")
def taken_up(house: House) -> Good:
    request = wanted(house)["id"]
    house.do("DELETE", f"/bed-requests/{request}")
    return Good({"request": request})


@way(f"POST {_ASKED}/identity")
def identified(house: House) -> Good:
    request = house.post("/bed-requests", {"type": "general", "patient": {"unknown": "M"}})
    return Good({"request": request["id"]}, {"mrn": house.new("W"), "name": "Made Up"})


@way(f"POST {V1}/joint-plan/accept")
def accepted(house: House) -> Good:
    wanted(house)
    row = house.get("/joint-plan")["placements"][0]
    return Good(body={"placements": [{name: row[name] for name in ("request", "request_seq", "bed", "bed_seq")}]})


@way(f"POST {_BED}/hold")
def held(house: House) -> Good:
    return Good({"bed": free_bed(house)}, {"request": wanted(house)["id"], "minutes": 30, "override_reason": WHY})


@way(f"DELETE {_BED}/hold")
def let_go(house: House) -> Good:
    return Good({"bed": promised(house)["bed"]})


@way(f"POST {_BED}/arrived")
def arrived(house: House) -> Good:
    return Good({"bed": promised(house)["bed"]}, {})


@way(f"GET {V1}/conflicts")
def conflicts(house: House) -> Good:
    conflict(house)
    return Good()


@way(f"POST {V1}/conflicts/settle")
def settled(house: House) -> Good:
    return Good(body={"visit": conflict(house), "how": "drops"})


def conflict(house: House) -> str:
    """Somebody whom the feed puts into a bed in which somebody lies."""
    number, bed = house.new("V"), patient(house)["bed"]
    house.letter("A01", f"PID|1||{house.new('T')}^^^H^MR||Up^Made||19700101|F", f"PV1|1|I|{WARD}^^{bed}||||||||||||||||{number}")
    house.until(lambda: any(number == side["visit"] for row in house.get("/conflicts")["items"] for side in row["claims"]), "a conflict")
    return number


@way(f"GET {V1}/hl7/letters")
def letters(house: House) -> Good:
    parked(house)
    return Good(query={"state": "parked"})


@way(f"GET {_LETTER}")
@way(f"POST {_LETTER}/replay")
def a_letter(house: House) -> Good:
    return Good({"letter": parked(house)})


@way(f"POST {V1}/hl7/letters/replay")
def sent_again(house: House) -> Good:
    number = parked(house)
    return Good(body={"code": house.get(f"/hl7/letters/{number}", "admin")["code"]})


def parked(house: House) -> int:
    """A letter that cannot be handled: it speaks of a visit and says nothing of whose."""
    control = house.new("V")
    house.letter("A01", f"PV1|1|I|{WARD}||||||||||||||||{control}")
    found = house.until(lambda: house.get("/hl7/letters?state=parked&limit=5", "admin")["items"], "a parked letter")
    return int(found[0]["id"])


@way(f"POST {V1}/hl7/feeds/{{feed}}")
def mapped(house: House) -> Good:
    return Good({"feed": house.get("/hl7/feeds", "admin")["items"][0]["id"]}, {"places": {house.new("PLACE"): f"{WARD}-A-01"}})


@way(f"GET {_CLINIC}/queue")
@way(f"GET {_CLINIC}/waits")
@way(f"GET {_CLINIC}/back-entries")
def the_clinic(house: House) -> Good:
    token(house)
    return Good({"clinic": CLINIC})


@way(f"POST {_CLINIC}/tokens")
def given(house: House) -> Good:
    return Good({"clinic": CLINIC}, {})


@way(f"POST {_CLINIC}/back-entries")
def given_on_paper(house: House) -> Good:
    return Good({"clinic": CLINIC}, {"deed": "given", "at": soon(), "by": "AB"})


def token(house: House, **more: Any) -> str:
    """A number somebody waits with."""
    return str(house.post(f"/opd/clinics/{CLINIC}/tokens", more)["id"])


def empty_room(house: House) -> None:
    """Nobody is called into the clinic's first room, and nobody is in it; whoever waits there has been seen."""
    for each in house.get(f"/opd/clinics/{CLINIC}/queue?limit=500")["items"]:
        if each["status"] == "called":
            house.post(f"/opd/tokens/{each['id']}/start")
        if each["status"] in ("called", "in_room"):
            house.post(f"/opd/tokens/{each['id']}/finish")


def called(house: House) -> dict[str, Any]:
    """A number that is called into the room."""
    empty_room(house)
    token(house, group="emergency")
    return dict(house.post(f"/opd/clinics/{CLINIC}/call-next", {"room": ROOM}))


@way(f"POST {_CLINIC}/call-next")
def to_call(house: House) -> Good:
    empty_room(house)
    token(house)
    return Good({"clinic": CLINIC}, {"room": ROOM})


@way(f"POST {_CLINIC}/rooms/{{room}}")
def away(house: House) -> Good:
    return Good({"clinic": CLINIC, "room": "2"}, {"back_at": soon(minutes=1)})


@way(f"POST {_CLINIC}/rooms/{{room}}/session")
def session(house: House) -> Good:
    return Good({"clinic": CLINIC, "room": "2"}, {"begins": soon(), "ends": soon(minutes=1), "doctor": "Dr Made Up"})


@way(f"POST {_TOKEN}/room")
def elsewhere(house: House) -> Good:
    return Good({"token": token(house)}, {"room": "2"})


@way(f"POST {_TOKEN}/admission")
def advised(house: House) -> Good:
    number = called(house)["id"]
    house.post(f"/opd/tokens/{number}/start")
    return Good({"token": number}, {"type": "general", "patient": house.new("W")})


@way(f"POST {_TOKEN}/{{step}}")
def marked(house: House) -> Good:
    return Good({"token": called(house)["id"], "step": "start"}, {})


@way(f"GET {_HALL}/call")
def heard(house: House) -> Good:
    return Good({"clinics": CLINIC}, query={"room": f"room:{CLINIC}/{ROOM}", "token": called(house)["number"]})


@way(f"GET {_HALL}/call.wav")
def sounded(house: House) -> Good:
    asked_for = {"room": f"room:{CLINIC}/{ROOM}", "token": called(house)["number"], "lang": "en"}
    return Good({"clinics": CLINIC}, query=asked_for)


@way("POST /api/v3/hip/patient/share")
def shared(house: House) -> Good:
    told = {"patient": {"abhaAddress": "made.up@sbx", "name": "Made Up", "gender": "F"}}
    return Good(body={"profile": told, "metaData": {"context": "1"}, "intent": "PROFILE_SHARE"})


@way(f"GET {V1}/history/at")
def at(house: House) -> Good:
    return Good(query={"time": soon()})
