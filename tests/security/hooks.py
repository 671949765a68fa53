"""What schemathesis is told of the house while it runs there: a request that should do good for each operation, made out of the hospital's
day just before it is tried, and real identifiers in the addresses of the requests that it makes up.

Loaded in the scanners' own environment by SCHEMATHESIS_HOOKS; `BEDFLOW_DAY` says where the house is and as whom it is tried. What was
answered goes to a file, a line each: the operation, how the request came about, the status. `reached.py` reads it.
"""

import json
import os
import zlib
from pathlib import Path
from typing import Any

import schemathesis  # type: ignore[import-not-found, unused-ignore]  # not of this project's environment

from tests.security.day import WAYS, House, Refused
from tests.security.day.known import Known

_told = json.loads(os.environ["BEDFLOW_DAY"])
_house = House(_told["origin"], _told["me"], _told["tokens"], _told["mllp"])
_known = Known(_house)
_answers = Path(_told["answers"]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115  # as long as the run
_STRANGE = 4
"""Of so many requests one keeps what schemathesis has made up, which names nothing."""


@schemathesis.hook
def before_add_examples(context: Any, examples: list[Any]) -> None:
    """The day makes ready what the operation is about, and asks for it."""
    operation = context.operation
    if operation.label not in _told["open"]:
        return
    make = WAYS.get(operation.label)
    try:
        good = make(_house) if make is not None else None
    except Refused as refusal:
        _note(operation.label, "day", f"refused: {refusal}")
        return
    if good is None:
        examples.append(operation.Case())
        return
    body = {} if good.body is None else {"body": good.body, "media_type": "application/json"}
    examples.append(operation.Case(path_parameters=dict(good.path), query=dict(good.query), **body))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Real identifiers in the address and a good body, where they are not what is tried; links between operations bring theirs."""
    phase = case.meta.phase.name.value if case.meta is not None else ""
    if phase not in ("coverage", "fuzzing") or not zlib.crc32(repr((case.path_parameters, case.body)).encode()) % _STRANGE:
        return
    tried = getattr(case.meta.phase.data, "parameter_location", None)
    bad = {where.value for where, component in case.meta.components.items() if component.mode.is_negative}
    if case.path_parameters and "path" not in bad and getattr(tried, "value", "") != "path":
        case.path_parameters = _known.instead_of(case.operation.label, dict(case.path_parameters))
    if not bad and isinstance(case.body, dict):
        case.body = _known.in_body(case.operation.label, case.body)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Its status."""
    if response.request.method == case.operation.method.upper():
        _note(case.operation.label, case.meta.phase.name.value if case.meta is not None else "day", response.status_code)


def _note(operation: str, phase: str, status: object) -> None:
    _answers.write(json.dumps([operation, phase, status]) + "\n")
