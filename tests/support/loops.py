"""Coroutines in tests."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """`asyncio.run`, `apart` from the tests' thread."""
    return apart(asyncio.run, coroutine)


def apart(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function in a thread of its own, since Playwright keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *arguments).result()
