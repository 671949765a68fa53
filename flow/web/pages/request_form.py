"""A posted bed request as the API's own models: what `templates/desk/_request_fields.html` asks, on the desk and on a ward's page.

Between the form's words and `flow.web.api.requests`; a field that may not change now was sent by nobody and stays as it is.
"""

from typing import Any

from flow.domain.care import Isolation, Rest
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.request_form import CATEGORIES, ISOLATION_UNSAID, edit_form
from flow.web.api.request_models import PersonAsked, RequestAsked, RequestEdited
from flow.web.pages.form import Form
from flow.web.problems import invalid

SEXES = ("M", "F", "O", "U")
MOST = 100_000_000
_KINDS = (*Isolation, ISOLATION_UNSAID)


def request_asked(form: Form, plan: Plan, *, patient: PersonAsked | None = None, visit: str | None = None) -> RequestAsked:
    """A new request; for whom stands in the form, or is handed in (a ward's page knows the visit)."""
    person = patient if patient is not None or visit is not None else person_asked(form)
    kind, sex = form.needed("type", longest=60), form.choice("sex", SEXES)
    return RequestAsked(type=kind, patient=person, visit=visit, sex=sex, age=_age(form), **fields_of(form, plan))


def request_edited(form: Form, plan: Plan, wanted: BedRequest) -> RequestEdited:
    """What the edit dialog says, as of the Seq that it was filled from."""
    seen = form.number("if_seq")
    if seen is None:
        raise invalid("missing", "Say which version was looked at (if_seq).")
    fixed = edit_form(plan, wanted, {}).fixed
    said = fields_of(form, plan) | {"sex": form.choice("sex", SEXES), "age": _age(form)}
    if "type" not in fixed:
        said["type"] = form.needed("type", longest=60)
    return RequestEdited(if_seq=seen, **{name: value for name, value in said.items() if name not in fixed})


def person_asked(form: Form) -> PersonAsked:
    """Who it is; of somebody whom nobody knows, man, woman or neither."""
    sex = form.choice("sex", SEXES)
    if form.text("unknown"):
        return PersonAsked(unknown="M" if sex == "M" else "F" if sex == "F" else "U")
    return PersonAsked(form.needed("mrn", longest=60), form.needed("name", longest=200), form.day("birth_date"), sex)


def fields_of(form: Form, plan: Plan) -> dict[str, Any]:
    """The fields that a new and an edited request share."""
    kind = form.choice("isolation", _KINDS)
    return {
        "needs": sorted(form.all("need")),
        "wishes": sorted(form.all("wish") - form.all("need")),
        "specialty": form.text("specialty", longest=100) or None,
        "priority": _priority(form),
        "origin": form.text("origin", longest=100),
        "isolation": kind is not None,
        "isolation_kind": Isolation(kind) if kind not in (None, ISOLATION_UNSAID) else None,
        "organism": form.text("organism", longest=100) or None,
        "ready_at": form.moment("ready_at", plan.zone),
        "entitlement": form.choice("entitlement", _categories(plan)),
        "insurer_limit": _limit(form),
        "room_choice": form.choice("room_choice", _categories(plan)),
        "attendant": bool(form.text("attendant")),
        "mother_of": form.text("mother_of", longest=60) or None,
        "baby_of": form.text("baby_of", longest=60) or None,
        "rest": [Rest(each) for each in sorted(form.all("rest")) if each in set(Rest)],
    }


def _categories(plan: Plan) -> tuple[str, ...]:
    return (*CATEGORIES, *sorted({bed.type for bed in plan.beds.values()}))


def _priority(form: Form) -> int:
    found = form.number("priority")
    if found not in (None, 1, 2, 3, 4):
        raise invalid("invalid-field", "Priority is 1 to 4.")
    return found or 3


def _age(form: Form) -> int | None:
    found = form.number("age")
    if found is not None and found > 130:
        raise invalid("invalid-field", "Age is 0 to 130.")
    return found


def _limit(form: Form) -> int | None:
    found = form.number("insurer_limit")
    if found is not None and found > MOST:
        raise invalid("invalid-field", "The insurer's limit a day is too large.")
    return found
