"""A data set of a public hub as one Parquet file, fetched and read by a child process through `datasets`.

Knows no table of the studio: what comes of the file is the ordinary import's. No name that a person typed becomes a
path.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from studio import hubs
from studio.errors import StudioError

WALL_SECONDS = 600
FILE = "rows.parquet"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """Which rows of which data set; without `config` or `split`, the only one, or `train`."""

    id: str
    config: str = ""
    split: str = ""

    @property
    def name(self) -> str:
        return self.id.partition("/")[2]


@dataclass(frozen=True)
class Fetched:
    """The file, and sentences about what was taken of the data set and what was not."""

    path: Path
    notes: tuple[Mapping[str, Any], ...] = field(default=())


@contextmanager
def fetched(wanted: Wanted) -> Iterator[Fetched]:
    """The first rows of a data set, as many as the studio reads, for as long as the block runs.

    Raises StudioError public.*: no such id, no network (told within five seconds), nothing that is a table, or a
    question to which the answer must be chosen.
    """
    if not hubs.is_id(wanted.id):
        raise StudioError("public.not_an_id", id=wanted.id[:80])
    if hubs.offline():
        raise StudioError("public.offline", id=wanted.id)
    with TemporaryDirectory() as folder:
        refusal = StudioError("public.no_network", id=wanted.id)
        for hub in hubs.answering():
            answer = _ask(hub, wanted, Path(folder))
            if "error" not in answer:
                yield Fetched(Path(folder) / FILE, _notes(hub, wanted, answer))
                return
            refusal = StudioError(answer["error"], id=wanted.id, **answer["details"])
            if answer["error"] not in ("public.no_such", "public.no_network"):
                break
        raise refusal


def _ask(hub: hubs.Hub, wanted: Wanted, folder: Path) -> dict[str, Any]:
    """What the child tells. Raises StudioError public.too_slow."""
    command = [sys.executable, "-m", "studio.data.reading.public_child", hub, json.dumps(asdict(wanted)), str(folder)]
    kept = dict.fromkeys(("HF_HOME", "MODELSCOPE_CACHE"), str(folder / "cache"))  # nothing stays outside the workspace
    if hub == "hf_mirror":
        kept["HF_ENDPOINT"] = hubs.ADDRESSES[hub]()
    environment = {**os.environ, **kept, "HF_HUB_DISABLE_TELEMETRY": "1"}
    root = Path(__file__).parents[3]  # where `studio` is found, installed or not
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=WALL_SECONDS,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise StudioError("public.too_slow", id=wanted.id) from error
    if done.returncode == 0:
        return dict(json.loads(done.stdout.splitlines()[-1]))
    log.warning("%s ended with %s: %s", wanted.id, done.returncode, done.stderr.decode(errors="replace")[-2000:])
    return {"error": "public.unreadable", "details": {"problem": f"exit {done.returncode}"}}


def _notes(hub: hubs.Hub, wanted: Wanted, answer: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    taken = {"hub": hubs.NAMES[hub], "id": wanted.id, "config": answer["config"], "split": answer["split"]}
    notes: list[dict[str, Any]] = [{"reason": "public.taken", **taken}]
    if others := answer["other_splits"]:
        notes.append({"reason": "public.other_splits", "splits": "、".join(others)[:300]})
    if answer["cut"]:
        notes.append({"reason": "public.first_rows", "rows": answer["rows"]})
    if answer["left_out"]:
        notes.append({"reason": "public.no_text", "columns": "、".join(answer["left_out"])[:300]})
    return tuple(notes)
