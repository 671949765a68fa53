"""Lists in pages, cursors, times and the ETag of what is kept."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from flow.web.api.wire import cursor_of, limit_of, moment, number_cursor, page, to_cursor
from flow.web.kept import etag, holds
from flow.web.problems import Denied


def asked(query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": raw})


HOUSE: Any = SimpleNamespace(live=SimpleNamespace(as_of=datetime(2026, 1, 1, tzinfo=UTC), seq=7))


@given(
    st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1), unique=True, max_size=20),
    st.integers(1, 7),
)
def test_pages_put_together_are_the_list(items: list[str], limit: int) -> None:
    seen: list[str] = []
    query = f"limit={limit}"
    for _ in range(len(items) + 1):
        part = page(HOUSE, items, str, asked(query))
        seen += part.items
        if part.next is None:
            break
        query = f"limit={limit}&cursor={part.next}"
    assert seen == items


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_a_cursor_comes_back_as_it_went(key: str) -> None:
    assert cursor_of(asked(f"cursor={to_cursor(key)}")) == key


@pytest.mark.parametrize("query", ["cursor=%%%", "cursor=bm9wZQ", "cursor=YWJj", "cursor=/w", "cursor=AA"])
def test_a_forged_cursor_is_refused(query: str) -> None:
    with pytest.raises(Denied) as denied:
        number_cursor(asked(query))
    assert (denied.value.status, denied.value.code) == (422, "bad-cursor")


def test_an_empty_cursor_is_none_of_any_list() -> None:
    with pytest.raises(Denied) as denied:
        cursor_of(asked("cursor="))
    assert denied.value.code == "bad-cursor"


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=1001", "limit=many", "limit=²", "limit=" + "9" * 99, "limit=0000019999"])
def test_a_limit_is_a_sane_number(query: str) -> None:
    with pytest.raises(Denied):
        limit_of(asked(query))


def test_a_time_needs_its_offset() -> None:
    assert moment("2026-01-31T14:05:00 05:30", "time") == datetime(2026, 1, 31, 8, 35, tzinfo=UTC)
    with pytest.raises(Denied, match="with its offset"):
        moment("2026-01-31T14:05:00", "time")


def test_a_client_with_the_same_version_is_told_so() -> None:
    tag = etag("e1", 12)
    assert tag == 'W/"e1-12"'
    for sent in (tag, '"e1-12"', f'"other", {tag}', "*"):
        assert holds(asked(if_none_match=sent), tag), sent
    for sent in ("", '"e1-1"', "e1", '"e2-12"'):
        assert not holds(asked(if_none_match=sent), tag), sent
