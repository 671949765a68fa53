"""The OpenAPI description is true: answers of a working hospital fit the schemas it gives for them."""

import re
from typing import Any

from flow.domain.roles import Role
from flow.web.routes import API
from tests.integration.web_house import Web, web

__all__ = ["web"]


def fits(value: Any, schema: dict[str, Any], components: dict[str, Any]) -> str:
    """Empty when a value fits a JSON schema (as far as msgspec writes them), else where and why not."""
    if "$ref" in schema:
        return fits(value, components[schema["$ref"].rpartition("/")[2]], components)
    if "anyOf" in schema:
        tries = [fits(value, option, components) for option in schema["anyOf"]]
        return "" if "" in tries else "; ".join(tries)
    if "enum" in schema and value not in schema["enum"]:
        return f"{value!r} is none of {schema['enum']}"
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
    kind = schema.get("type")
    if kind is not None and not isinstance(value, kinds[kind]):
        return f"{value!r} is no {kind}"
    if kind == "array":
        return next((said for item in value if (said := fits(item, schema["items"], components))), "")
    if kind == "object":
        missing = [name for name in schema.get("required", ()) if name not in value]
        unknown = [name for name in value if "properties" in schema and name not in schema["properties"]]
        if missing or unknown:
            return f"missing {missing}, unknown {unknown}"
        parts = ((name, fits(part, schema.get("properties", {}).get(name, {}), components)) for name, part in value.items())
        return next((f"{name}: {said}" for name, said in parts if said), "")
    return ""


async def test_the_check_itself_can_fail() -> None:
    assert fits({"a": 1}, {"type": "object", "properties": {"a": {"type": "string"}}}, {})
    assert fits({}, {"type": "object", "properties": {}, "required": ["a"]}, {})


async def test_answers_fit_their_description(web: Web) -> None:
    desk, opd, admin = await web.as_role(Role.ADMISSIONS), await web.as_role(Role.OPD), await web.as_role(Role.ADMIN)
    cleaner, manager = await web.as_role(Role.HOUSEKEEPING), await web.as_role(Role.MANAGER)
    document = (await desk.get("/api/v1/openapi.json")).json()
    components = document["components"]["schemas"]
    visit = (await desk.post("/api/v1/visits", json={"patient": "M1", "bed": "4B-A-01"})).json()["number"]
    request = (await desk.post("/api/v1/bed-requests", json={"patient": {"mrn": "M2", "name": "N"}, "type": "general"})).json()["id"]
    await cleaner.post("/api/v1/beds/4B-A-03/status", json={"status": "cleaning"})
    await opd.post("/api/v1/opd/clinics/ENT/tokens", json={})
    asked = [
        (desk, "/api/v1/beds/availability", ""),
        (desk, "/api/v1/beds", ""),
        (desk, "/api/v1/beds/{bed}", "4B-A-01"),
        (desk, "/api/v1/wards", ""),
        (desk, "/api/v1/bed-requests", ""),
        (desk, "/api/v1/bed-requests/{request}", request),
        (desk, "/api/v1/bed-requests/{request}/suggestions", request),
        (desk, "/api/v1/visits/{visit}", visit),
        (cleaner, "/api/v1/cleaning-jobs", ""),
        (opd, "/api/v1/opd/clinics", ""),
        (opd, "/api/v1/opd/clinics/{clinic}/queue", "ENT"),
        (manager, "/api/v1/history/beds/{bed}", "4B-A-01"),
        (manager, "/api/v1/history/occupancy", ""),
        (manager, "/api/v1/kpis", ""),
        (admin, "/api/v1/hl7/letters", ""),
        (admin, "/api/v1/hl7/feeds", ""),
    ]
    for caller, pattern, value in asked:
        path = pattern.partition("{")[0] + value + pattern.partition("}")[2]
        answer = await caller.get(path)
        schema = document["paths"][pattern]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer.status_code == 200, (path, answer.text)
        assert fits(answer.json(), schema, components) == "", path
    lost = await desk.get("/api/v1/beds/none")
    assert fits(lost.json(), {"$ref": "#/components/schemas/Problem"}, components) == ""


async def test_an_address_is_described_without_the_nul_that_it_may_not_hold(web: Web) -> None:
    client = await web.as_role(Role.MANAGER)
    document = (await client.get("/api/v1/openapi.json")).json()
    parameters = [each for methods in document["paths"].values() for operation in methods.values() for each in operation["parameters"]]
    texts = [each for each in parameters if each["schema"]["type"] == "string" and each["in"] != "header"]
    free = [each for each in texts if not {"enum", "format"} & set(each["schema"])]
    assert len(free) > 50
    assert [each["name"] for each in free if re.search(each["schema"]["pattern"], "a\0b")] == []
    assert [each["name"] for each in free if not re.search(each["schema"]["pattern"], "4B-A-01")] == []
    for address in ("/api/v1/visits/%00", "/api/v1/beds?ward=%00"):
        assert (await client.get(address)).json()["code"] == "bad-address"


async def test_every_route_of_the_api_is_described(web: Web) -> None:
    document = (await (await web.client()).get("/api/v1/openapi.json")).json()
    listed = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert listed == {(door.method, door.path) for door in API if door.path.startswith("/api/")}
    assert document["openapi"].startswith("3.1")
    assert all(operation["summary"] for methods in document["paths"].values() for operation in methods.values())
