"""Options of the acceptance tier, and the browser that its tests share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.people import chromium
from tests.conftest import Kept

expect.set_options(timeout=15_000)
"""How long a test waits for what must come, where it does not say: patience with a busy machine. A promise of the product ("within three
seconds") stands in the test of it as a figure."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures` renews the pictures that the README shows."""
    parser.addoption("--pictures", action="store_true", help="write tests/acceptance/pictures anew")


@pytest.fixture(scope="module")
def browser(kept: Kept) -> Iterator[Browser]:
    """A Chromium for the tests of one file, without a window of the file before."""
    found: Browser = kept.browser(chromium)
    yield found
    for context in found.contexts:
        context.close()
