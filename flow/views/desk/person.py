"""Whom a request is for, as far as the reader may know: name, age, sex and the end of the MRN, and who is easily mixed up with whom.

Two "R.K." once got each other's beds. So the full name is shown to those who may see it, and patients of like name are marked, each with
as much of the MRN as tells them apart.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flow.domain.ids import PatientId
from flow.domain.person import QUIET, PersonDetails
from flow.domain.request import BedRequest
from flow.views.who_words import who_words

TAIL = 4


@dataclass(frozen=True, slots=True)
class Person:
    """`name` and `mrn_tail` are empty for a reader without names; `unknown`: nobody knows yet who it is; `alike`: somebody else on the
    desk has a like name."""

    name: str
    who: str
    mrn_tail: str = ""
    unknown: bool = False
    alike: bool = False


def person_of(request: BedRequest, known: Mapping[PatientId, PersonDetails], alike: Mapping[PatientId, int] | None = None) -> Person:
    """Whom the request is for; `alike` are the lengths of the tails of those of like name (`like_names`)."""
    who = who_words(request.age, request.sex)
    details = known.get(request.patient)
    if details is None:
        return Person("", who)
    if details.unknown:
        return Person(details.name, who, unknown=True)
    length = (alike or {}).get(request.patient, 0)
    return Person(details.name, who, details.mrn[-(length or TAIL) :], alike=length > 0)


def like_names(people: Iterable[PersonDetails]) -> dict[PatientId, int]:
    """Those whose name is like another's, with how many letters of the MRN tell them apart. A like name has the same family name and
    initial, or the same words in any order, or sounds the same: vowels, doubled letters and accents do not count."""
    groups: dict[object, dict[PatientId, str]] = defaultdict(dict)
    for person in people:
        if person.name and person.mrn and not person.unknown:
            for key in _keys(person.name.removesuffix(QUIET)):
                groups[key][person.patient] = person.mrn
    found: dict[PatientId, int] = {}
    for group in groups.values():
        length = _telling_apart(list(group.values())) if len(group) > 1 else 0
        for patient in group if length else ():
            found[patient] = max(length, found.get(patient, 0))
    return found


def _keys(name: str) -> set[object]:
    words = re.findall(r"\w+", name.casefold())
    if not words:
        return set()
    return {("family", words[-1], words[0][0]), ("sound", tuple(sorted(_skeleton(word) for word in words)))}


def _skeleton(word: str) -> str:
    """`meera` and `mira` alike: `mr`."""
    kept = word[0] + re.sub(r"[aeiouyh]", "", word[1:])
    return re.sub(r"(.)\1+", r"\1", kept)


def _telling_apart(mrns: list[str]) -> int:
    longest = max(map(len, mrns))
    return next((n for n in range(TAIL, longest) if len({mrn[-n:] for mrn in mrns}) == len(mrns)), max(TAIL, longest))
