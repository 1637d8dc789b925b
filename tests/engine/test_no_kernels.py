"""No library fetches compiled code from a hub, whatever else is installed on the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TRIES = """
import studio.assembled, bitsandbytes, transformers
from transformers import modeling_utils
from transformers.utils import is_kernels_available
assert not is_kernels_available()
"""


def test_the_package_that_fetches_kernels_is_never_imported(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    package, facts = tmp_path / "kernels", tmp_path / "kernels-0.15.0.dist-info"
    package.mkdir()
    facts.mkdir()
    (package / "__init__.py").write_text(f"open({str(canary)!r}, 'w').close()", encoding="utf-8")
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: kernels\nVersion: 0.15.0\n", encoding="utf-8")
    where = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    done = subprocess.run(
        [sys.executable, "-c", TRIES],
        env={**os.environ, "PYTHONPATH": where},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, canary.exists()) == (0, False), done.stderr[-2000:]
