"""Options of the acceptance tier."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures` renews the pictures that the README shows."""
    parser.addoption("--pictures", action="store_true", help="write tests/acceptance/pictures anew")
