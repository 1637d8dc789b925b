"""The `xiaozao` command as a user runs it: a process of its own, its JSON read back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def xiaozao(home: Path, *words: str) -> dict[str, Any]:
    """What `xiaozao WORDS --json` prints. Raises CalledProcessError when it exits with anything but 0."""
    command = [sys.executable, "-m", "studio.cli", *words, "--home", str(home), "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    return json.loads(done.stdout)
