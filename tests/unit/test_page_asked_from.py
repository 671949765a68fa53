"""A form that sends its person back where they came from sends nobody to another site."""

import pytest
from starlette.requests import Request

from flow.web.pages.page import asked_from


@pytest.mark.parametrize(
    ("said", "goes"),
    [
        ("https://beds.example.org/wards/4B?bed=1", "/wards/4B"),
        ("https://beds.example.org//evil.example", "/"),
        ("https://beds.example.org/\\evil.example", "/"),
        ("https://beds.example.org/\tx", "/x"),
        ("evil", "/"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("field", ["referer", "hx-current-url"])
def test_one_goes_back_to_a_page_of_ours(field: str, said: str, goes: str) -> None:
    assert asked_from(Request({"type": "http", "headers": [(field.encode(), said.encode())]})) == goes
