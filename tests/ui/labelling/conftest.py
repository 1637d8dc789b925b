"""One server for all browser tests of a file: each page shows the newest dataset first."""

from __future__ import annotations

import pytest

from studio.studio import Studio


@pytest.fixture(scope="module")
def address(one_server: tuple[str, Studio]) -> tuple[str, Studio]:
    return one_server


@pytest.fixture
def studio(address: tuple[str, Studio]) -> Studio:
    return address[1]
