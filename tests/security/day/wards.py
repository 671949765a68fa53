"""The wards' part of the day: beds free and taken, patients who come, move and leave, cleans, transports."""

from typing import Any

from tests.security.day.house import CLINIC, V1, WARD, Good, House, Refused, soon, way

_BED, _VISIT, _JOB = f"{V1}/beds/{{bed}}", f"{V1}/visits/{{visit}}", f"{V1}/cleaning-jobs/{{bed}}"
_WARD = f"{V1}/wards/{{ward}}"
_turn = iter(range(10**9))
CLAIMS = 5
"""So many may say at once that a bed is theirs: when one leaves, the next has it."""


def beds(house: House) -> list[dict[str, Any]]:
    """The ward's."""
    return list(house.get(f"/beds?ward={WARD}&limit=500")["items"])


def free_bed(house: House) -> str:
    """One that somebody can be put into; where all are taken, one is emptied."""
    found = beds(house)
    free = [bed for bed in found if bed["status"] == "available" and not bed["closing"] and not bed["reserved_for"]]
    if free:
        return str(free[next(_turn) % len(free)]["id"])
    return emptied(house, found[next(_turn) % len(found)])


def emptied(house: House, bed: dict[str, Any]) -> str:
    """A bed, whatever it was, free."""
    number = str(bed["id"])
    house.ask("admissions", "DELETE", f"{V1}/beds/{number}/closing")
    house.ask("admissions", "DELETE", f"{V1}/beds/{number}/hold")
    for _ in range(CLAIMS):
        if house.get(f"/beds/{number}")["status"] == "occupied":
            house.post(f"/beds/{number}/left")
    if house.get(f"/beds/{number}")["status"] != "available":
        house.post(f"/beds/{number}/status", {"status": "available"}, "supervisor")
    return number


def patient(house: House, sex: str = "F", **more: Any) -> dict[str, Any]:
    """Somebody in a bed of the ward: their visit."""
    mrn = house.new("T")
    person = {"mrn": mrn, "name": f"Made Up {mrn}", "sex": sex, "birth_date": "1980-02-01"}
    return dict(house.post("/visits", {"patient": person, "bed": free_bed(house), "sex": sex, **more})) | {"mrn": mrn}


def dirty_bed(house: House, **isolation: str) -> str:
    """A bed that its patient has left."""
    visit = patient(house)
    if isolation:
        house.post(f"/visits/{visit['number']}/isolation", isolation)
    house.post(f"/visits/{visit['number']}/discharge")
    return str(visit["bed"])


def job(house: House, bed: str) -> str:
    """The number of its clean."""
    return str(house.get(f"/cleaning-jobs/{bed}")["job"])


@way(f"GET {_BED}")
@way(f"GET {_JOB.replace('cleaning-jobs', 'history/beds')}")
def any_bed(house: House) -> Good:
    return Good({"bed": patient(house)["bed"]})


@way(f"POST {_BED}/status")
def dirtied(house: House) -> Good:
    return Good({"bed": free_bed(house)}, {"status": "cleaning"})


@way(f"GET {_WARD}")
@way(f"GET {_WARD}/back-entries")
def the_ward(house: House) -> Good:
    return Good({"ward": WARD})


@way(f"GET {_WARD}/temporary-places")
def a_place(house: House) -> Good:
    house.post(f"/wards/{WARD}/temporary-places", {"kind": "trolley"})
    return Good({"ward": WARD})


@way(f"POST {_WARD}/temporary-places")
def placed(house: House) -> Good:
    return Good({"ward": WARD}, {"kind": "trolley"})


@way(f"DELETE {_WARD}/temporary-places/{{place}}")
def taken_away(house: House) -> Good:
    return Good({"ward": WARD, "place": house.post(f"/wards/{WARD}/temporary-places", {"kind": "chair"})["id"]})


@way(f"POST {_WARD}/back-entries")
def from_paper(house: House) -> Good:
    line = {"deed": "came", "bed": free_bed(house), "at": soon(), "by": "AB", "patient": {"mrn": house.new("P"), "sex": "F"}}
    return Good({"ward": WARD}, line)


@way(f"GET {V1}/checks")
def doubts(house: House) -> Good:
    check(house)
    return Good()


@way(f"POST {V1}/checks/{{check}}/answer")
def answered(house: House) -> Good:
    return Good({"check": check(house)}, {"seen": "empty_dirty"})


def check(house: House) -> str:
    """A bed of which two systems say two things: somebody is to look."""
    bed = str(patient(house)["bed"])
    house.letter("A20", f"NPU|{WARD}^^{bed}|U")
    found = house.until(lambda: [each["id"] for each in house.get("/checks?limit=500")["items"] if each["bed"] == bed], "a check")
    return str(found[0])


@way(f"GET {_VISIT}")
def a_visit(house: House) -> Good:
    return Good({"visit": patient(house)["number"]})


@way(f"POST {V1}/visits")
def admitted(house: House) -> Good:
    return Good(body={"patient": house.new("T"), "bed": free_bed(house)})


@way(f"POST {V1}/visits/search")
def sought(house: House) -> Good:
    return Good(body={"mrn": patient(house)["mrn"]})


@way(f"POST {_VISIT}/transfer")
def moved(house: House) -> Good:
    visit = patient(house)["number"]
    return Good({"visit": visit}, {"bed": free_bed(house)})


@way(f"POST {_VISIT}/discharge")
@way(f"POST {_VISIT}/leave")
def gone(house: House) -> Good:
    return Good({"visit": patient(house)["number"]}, {})


@way(f"DELETE {_VISIT}/leave")
def back(house: House) -> Good:
    visit = patient(house)["number"]
    house.post(f"/visits/{visit}/leave", {"back": soon(hours=3)})
    return Good({"visit": visit})


@way(f"POST {_VISIT}/swap")
def swapped(house: House) -> Good:
    one, other = patient(house), patient(house)
    return Good({"visit": one["number"]}, {"with": other["bed"], "override_reason": "both asked for it"})


@way(f"POST {_VISIT}/acuity/seen")
def score_seen(house: House) -> Good:
    """The score comes by the feed, of somebody who came by it."""
    number, bed = house.new("V"), free_bed(house)
    who = f"PID|1||{house.new('T')}^^^H^MR||Up^Made||19700101|F"
    house.letter("A01", who, f"PV1|1|I|{WARD}^^{bed}||||||||||||||||{number}")
    house.until(lambda: house.ask("admissions", "GET", f"{V1}/visits/{number}")[0] == 200, "a visit")
    house.letter("R01", who, f"PV1|1|I|||||||||||||||||{number}", "OBR|1|||OBS", "OBX|1|NM|NEWS2||9||||||F", kind="ORU")
    house.until(lambda: house.get(f"/visits/{number}")["acuity"], "a score")
    return Good({"visit": number}, {})


@way(f"POST {_VISIT}/isolation")
def isolated(house: House) -> Good:
    return Good({"visit": patient(house)["number"]}, {"isolation": "contact", "organism": "MRSA"})


@way(f"POST {_BED}/closing")
def to_close(house: House) -> Good:
    return Good({"bed": patient(house)["bed"]}, {"reason": "repair", "note": "the brake"})


@way(f"DELETE {_BED}/closing")
def kept_open(house: House) -> Good:
    bed = patient(house)["bed"]
    house.post(f"/beds/{bed}/closing", {"reason": "repair"})
    return Good({"bed": bed})


@way(f"POST {_BED}/left")
def left(house: House) -> Good:
    return Good({"bed": patient(house)["bed"]}, {})


@way(f"POST {_WARD}/rooms/{{room}}/closing")
def room_closed(house: House) -> Good:
    return Good({"ward": WARD, "room": room(house)}, {"reason": "staffing"})


@way(f"DELETE {_WARD}/rooms/{{room}}/closing")
def room_reopened(house: House) -> Good:
    found = room(house)
    house.post(f"/wards/{WARD}/rooms/{found}/closing", {"reason": "staffing"})
    return Good({"ward": WARD, "room": found})


def room(house: House) -> str:
    """The ward's last, in use, with nobody who was promised a bed of it."""
    found = str(house.get(f"/wards/{WARD}")["rooms"][-1])
    house.ask("admissions", "DELETE", f"{V1}/wards/{WARD}/rooms/{found}/closing")
    for bed in beds(house):
        if bed["room"] == found and bed["reserved_for"]:
            house.ask("admissions", "DELETE", f"{V1}/beds/{bed['id']}/hold")
    return found


@way(f"POST {V1}/commands/{{command}}/undo")
def undone(house: House) -> Good:
    """One's own deed: a bed that wants cleaning, a number given, a job accepted, whatever the role may do."""
    deeds = (
        (f"{V1}/beds/{free_bed(house)}/status", {"status": "cleaning"}),
        (f"{V1}/opd/clinics/{CLINIC}/tokens", {}),
        (f"{V1}/transports/{to_carry(house)}/accept", {}),
    )
    answers = (house.ask(house.me, "POST", address, body) for address, body in deeds)
    command = next((said["command"] for status, said in answers if status in (200, 201)), None)
    if command is None:
        raise Refused("there is nothing that this role has done")
    return Good({"command": command})


@way(f"POST {V1}/transports")
def porter(house: House) -> Good:
    return Good(body={"bed": patient(house)["bed"], "to": "exit"})


@way(f"GET {V1}/transports")
def porters(house: House) -> Good:
    house.post("/transports", {"bed": patient(house)["bed"], "to": "place:X-ray"})
    return Good()


@way(f"POST {V1}/transports/{{transport}}/{{step}}")
def carried(house: House) -> Good:
    return Good({"transport": to_carry(house), "step": "accept"}, {})


def to_carry(house: House) -> str:
    """A job for a porter, who has no other."""
    for each in house.get("/transports?limit=500")["items"]:
        if each["porter"]:
            house.ask("porter", "POST", f"{V1}/transports/{each['id']}/give-back", {})
    return str(house.post("/transports", {"bed": patient(house)["bed"], "to": "exit"})["id"])


@way(f"GET {_JOB}")
def a_clean(house: House) -> Good:
    return Good({"bed": dirty_bed(house)})


@way(f"GET {V1}/cleaning-jobs")
def cleans(house: House) -> Good:
    dirty_bed(house)
    return Good()


@way(f"POST {_JOB}/coming")
@way(f"POST {_JOB}/start")
@way(f"POST {_JOB}/inspect")
def to_clean(house: House) -> Good:
    bed = dirty_bed(house)
    return Good({"bed": bed}, {"job": job(house, bed)})


@way(f"POST {_JOB}/suspend")
@way(f"POST {_JOB}/finish")
def cleaning(house: House) -> Good:
    bed = dirty_bed(house)
    house.post(f"/cleaning-jobs/{bed}/start", role=house.me)
    return Good({"bed": bed}, {"job": job(house, bed)})


@way(f"POST {_JOB}/step")
def stepped(house: House) -> Good:
    bed = dirty_bed(house, isolation="contact")
    house.post(f"/cleaning-jobs/{bed}/start", role=house.me)
    return Good({"bed": bed}, {"job": job(house, bed), "step": "linen"})


@way(f"POST {_JOB}/verdict")
def looked_at(house: House) -> Good:
    bed = dirty_bed(house)
    house.post(f"/cleaning-jobs/{bed}/inspect", role="supervisor")
    return Good({"bed": bed}, {"job": job(house, bed), "good": True})


@way(f"POST {_JOB}/give")
def given(house: House) -> Good:
    bed = dirty_bed(house)
    return Good({"bed": bed}, {"job": job(house, bed), "cleaner": None})


@way(f"GET {_VISIT}/milestones")
@way(f"DELETE {_VISIT}/milestones")
def leaving(house: House) -> Good:
    return Good({"visit": begun(house)})


@way(f"POST {_VISIT}/milestones")
def discharged(house: House) -> Good:
    """Who may not order it may say which way the patient leaves."""
    if house.me == "admissions":
        return Good({"visit": begun(house)}, {"way": "cashless", "ordered": False})
    return Good({"visit": patient(house)["number"]}, {"way": "cash"})


@way(f"POST {_VISIT}/milestones/{{step}}")
def marked(house: House) -> Good:
    return Good({"visit": begun(house), "step": "billing" if house.me == "admissions" else "summary"}, {})


@way(f"POST {_VISIT}/preauth")
def insured(house: House) -> Good:
    return Good({"visit": begun(house, "cashless")}, {})


@way(f"GET {V1}/discharges")
def discharges(house: House) -> Good:
    begun(house)
    return Good()


def begun(house: House, kind: str = "cash") -> str:
    """A visit that is to end."""
    visit = str(patient(house)["number"])
    house.post(f"/visits/{visit}/milestones", {"way": kind}, "nurse")
    return visit
