"""For every tier of tests; the tiers' own fixtures stand in their folders. One browser is kept from file to file."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, max_examples=100)
settings.load_profile("house")


class Kept:
    """The browser of this worker, open from the first of the `files` that use it until one that does not: its loop runs in the tests'
    own thread, where theirs would find it."""

    def __init__(self) -> None:
        self.files: set[Path] = set()
        self._found: Any = None
        self._open = ExitStack()

    def browser(self, start: Callable[[], AbstractContextManager[Any]]) -> Any:
        """The browser, started where it is not, or is no longer."""
        if self._found is not None and not self._found.is_connected():
            self.close()
        if self._found is None:
            self._found = self._open.enter_context(start())
        return self._found

    def close(self) -> None:
        """End it, if it runs."""
        self._found = None
        self._open.close()


_KEPT = pytest.StashKey[Kept]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Which files share the browser."""
    found = session.config.stash.setdefault(_KEPT, Kept())
    found.files = {item.path for item in session.items if "kept" in getattr(item, "fixturenames", ())}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the first test of a file that does not share it."""
    found = item.config.stash[_KEPT]
    if item.path not in found.files:
        found.close()


@pytest.fixture(scope="session")
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """What `browser` asks."""
    found = request.config.stash[_KEPT]
    yield found
    found.close()
