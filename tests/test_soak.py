"""What runs for days holds no more in the end than in the beginning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak import TOGETHER, soak


@pytest.mark.slow
@pytest.mark.parametrize("minutes", [0.3, pytest.param(10, marks=[pytest.mark.long, pytest.mark.timeout(1800)])])
def test_pages_handlers_and_trainings_leave_nothing_behind(tmp_path: Path, minutes: float) -> None:
    before, after, done = soak(tmp_path / "home", minutes)
    assert done.sessions >= TOGETHER and done.handlers == 5 * done.sessions and done.trainings >= 1
    if minutes >= 10:
        assert done.sessions >= 200 and done.handlers >= 1000 and done.trainings >= 30
    assert after.descriptors <= before.descriptors + 5
    assert after.threads <= before.threads + 5
    assert after.temporary <= before.temporary
    assert after.memory_mib <= before.memory_mib + max(60, 0.2 * before.memory_mib)
