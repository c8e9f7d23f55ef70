"""Property-based tests: many generated cases for each function that reads what others wrote."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.properties import watch
from tests.web.conftest import shared_run, web_address

__all__ = ["shared_run", "web_address"]

FEW = 40
"""Cases for each property, unless `--cases` says otherwise."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("properties")
    group.addoption("--cases", type=int, default=FEW, help="cases for each property")
    group.addoption("--tally", type=Path, help="write what the cases took to a file (JSON)")


def pytest_configure(config: pytest.Config) -> None:
    # This file may be loaded after the options have been parsed.
    cases = config.getoption("--cases", FEW)
    settings.register_profile(
        "properties",
        max_examples=cases,
        # Few cases are the same in each run; many are new ones.
        derandomize=cases <= FEW,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("properties")


def pytest_sessionfinish(session: pytest.Session) -> None:
    file = session.config.getoption("--tally", None)
    if file:
        file.write_text(json.dumps(watch.report(), indent=1) + "\n", encoding="utf-8")
