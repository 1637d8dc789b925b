"""Code written in Rust that gives up, as on a broken file: how that is recognised, and said.

Knows no format.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from studio.errors import StudioError


@contextmanager
def panics_as(key: str, **details: str) -> Iterator[None]:
    """A panic, which is no Exception and has no name to catch it by, becomes StudioError `key` with `details`."""
    try:
        yield
    except BaseException as error:
        if not is_panic(error):
            raise
        raise StudioError(key, **details) from error


def is_panic(error: BaseException) -> bool:
    return type(error).__module__ == "pyo3_runtime"
