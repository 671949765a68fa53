"""The API described in OpenAPI 3.1, made from the table of routes and the very models that read and write the bodies."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.web.door import Door, Open
from flow.web.idempotency import LONGEST_KEY
from flow.web.problems import Problem

_REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"{(\w+)}")
_WORDS = {
    "bed": "a bed's id, like 4B-A-03",
    "ward": "a ward's id",
    "request": "a bed request's number",
    "visit": "a visit number",
    "clinic": "a clinic's id",
    "clinics": "the clinics of a hall, joined by a plus",
    "room": "a room's id",
    "token": "a token's id",
    "step": "arrive, call, start, finish, skip or recall",
    "command": "the number in an answer's `command`",
    "letter": "a letter's number",
}


async def get_openapi(request: Request) -> Response:
    """This description."""
    return Response(request.app.state.openapi, media_type="application/json")


def describe(doors: Iterable[Door], title: str) -> bytes:
    """The whole document as JSON."""
    listed = [door for door in doors if door.path.startswith("/api/")]
    models = [model for door in listed for model in (door.takes, door.gives) if model is not None]
    by_model, components = _schemas((Problem, *models))
    paths: dict[str, dict[str, Any]] = {}
    for door in listed:
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(door, by_model)
    document = {
        "openapi": "3.1.0",
        "info": {"title": f"Bedflow: {title}", "version": "1"},
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SCHEMES, "responses": {"Problem": _problem(by_model)}},
    }
    return msgspec.json.encode(document)


@cache
def _schemas(models: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A schema of each model by its name, and what they share. They are the same for every hospital."""
    schemas, components = msgspec.json.schema_components(models, ref_template=_REF)
    return dict(zip(map(repr, models), schemas, strict=True)), components


_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "bedflow", "description": "With X-CSRF-Token on every change."},
}


def _problem(schemas: dict[str, Any]) -> dict[str, Any]:
    return {"description": "Any error", "content": {"application/problem+json": {"schema": schemas[repr(Problem)]}}}


def _operation(door: Door, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": door.words,
        "operationId": _operation_id(door),
        "parameters": [*_path_parameters(door), *_query(door), *_headers(door)],
        "responses": {str(door.status): _good(door, schemas), "default": {"$ref": "#/components/responses/Problem"}},
        "x-permission": str(door.needs),
    }
    if door.takes is not None:
        needed = any(field.required for field in msgspec.structs.fields(door.takes))
        operation["requestBody"] = {"required": needed, "content": {"application/json": {"schema": schemas[repr(door.takes)]}}}
    if door.needs is Open.TO_ALL:
        operation["security"] = []
    return operation


def _operation_id(door: Door) -> str:
    name = getattr(door.handler, "__name__", "stream")
    noun = door.path.removeprefix("/api/v1/").partition("/")[0].replace("-", "_")
    return f"{noun}_{name}"


def _good(door: Door, schemas: dict[str, Any]) -> dict[str, Any]:
    if door.stream:
        return {"description": "Server-sent events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    if door.gives is bytes:
        return {"description": "Sound", "content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}
    schema = schemas[repr(door.gives)] if door.gives is not None else {}
    return {"description": "Done", "content": {"application/json": {"schema": schema}}}


def _path_parameters(door: Door) -> Sequence[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "description": _WORDS.get(name, name), "schema": _type("string")}
        for name in _PARAMETER.findall(door.path)
    ]


def _query(door: Door) -> Sequence[dict[str, Any]]:
    return [
        {"name": q.name, "in": "query", "description": q.words, "required": q.required, "schema": {**_type(q.type), **q.bounds}}
        for q in door.query
    ]


def _type(word: str) -> dict[str, str]:
    """A type of an address's parameter: a time is a string in its form, and no string holds a NUL (`Gate`)."""
    if word == "date-time":
        return {"type": "string", "format": word}
    return {"type": word, "pattern": "^[^\\u0000]*$"} if word == "string" else {"type": word}


_KEY = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"}


def _headers(door: Door) -> Sequence[dict[str, Any]]:
    if door.method != "POST":
        return []
    words = "The same key again gets the first answer; with another body 422."
    return [{"name": "Idempotency-Key", "in": "header", "description": words, "schema": _KEY}]
