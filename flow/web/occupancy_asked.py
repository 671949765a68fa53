"""Which beds somebody asks of, read from the address."""

from collections.abc import Iterable

from starlette.requests import Request

from flow.views.occupancy_page import Chosen, specialties_of, types_of
from flow.views.request_form import Option
from flow.web.parts import house_of
from flow.web.problems import unknown


def chosen_of(request: Request) -> Chosen:
    """`ward`, `specialty` and `type` of the address; a ward says more than its specialty."""
    plan, params = house_of(request).plan, request.query_params
    ward, specialty, kind = (params.get(name, "") for name in ("ward", "specialty", "type"))
    if ward and ward not in plan.ward:
        raise unknown("unknown-ward", "There is no such ward.")
    if specialty and not plan.wards_of(specialty):
        raise unknown("unknown-specialty", f"No ward has this specialty. There are: {', '.join(_values(specialties_of(plan)))}.")
    if kind and kind not in _values(types_of(plan)):
        raise unknown("unknown-type", f"There is no such type of bed. There are: {', '.join(_values(types_of(plan)))}.")
    return Chosen(ward, "" if ward else specialty, kind)


def _values(options: Iterable[Option]) -> list[str]:
    return [option.value for option in options]
