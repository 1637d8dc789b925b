"""Where a run stands, on disk: adapter, best adapter, optimizer, random numbers and place, committed whole.

Knows no training loop: it is handed the state and gives it back, bit for bit.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import uuid4

from safetensors.torch import load_file, save_file

from studio import commit
from studio.best import best
from studio.contract import Job
from studio.engine import catalog
from studio.engine.adapters import Weights
from studio.engine.device import Precision
from studio.engine.learner import Snapshot

KEEP = 2
STATE = "state.json"
PARTS = ("adapter", "optimizer", "random")  # of a Snapshot, each in its file


@dataclass(frozen=True)
class Score:
    """What a test found; see `events.Evaluated`."""

    step: int
    correct: int
    count: int
    loss: float
    recalled: int = 0
    taught: int = 0
    exact: bool = False


@dataclass(frozen=True)
class Place:
    """How far a run has come. The rows of a step follow from seed and step, so no sampler needs saving."""

    step: int = 0
    seconds: float = 0.0  # of training, over all its processes
    scores: tuple[Score, ...] = ()  # of the tests so far
    cooled_from: int | None = None  # the step after which all that was taught was known, and the rate began to fall
    examined: float = 0.0  # seconds of `seconds` that tests took
    precision: Precision | None = None  # as decided when the run began

    @property
    def best(self) -> Score | None:
        """The test whose adapter is kept."""
        return best(self.scores)

    @property
    def stale(self) -> int:
        """Tests since the best."""
        kept = self.best
        return sum(score.step > kept.step for score in self.scores) if kept else 0


@dataclass(frozen=True)
class Checkpoint:
    """Everything that decides the rest of a run."""

    place: Place
    snapshot: Snapshot
    best: Weights = field(default_factory=dict)  # empty when there is none yet, or when it is the snapshot's adapter

    @property
    def best_adapter(self) -> Weights:
        return self.best or self.snapshot.adapter


def fingerprint(job: Job) -> str:
    """What a checkpoint belongs to: settings, rows and the base model's weights, as one JSON object that is never whole
    in memory."""
    facts = json.dumps({"base": catalog.identity(job.model_dir), "config": job.config.deciding}, sort_keys=True)
    digest = hashlib.sha256(f'{facts[:-1]}, "rows": ['.encode())
    for place, example in enumerate(job.splits.train):
        said = [example.text, example.target, *filter(None, [example.rejected, example.liked])]
        digest.update((", " * (place > 0) + json.dumps(said)).encode())
    digest.update(b"]}")
    return digest.hexdigest()


def save(folder: Path, checkpoint: Checkpoint, fingerprint: str) -> None:
    """Commits a checkpoint and removes all but the newest KEEP."""
    name = f"step-{checkpoint.place.step:08d}"
    with commit.committed(folder / name) as draft:
        for part in PARTS:
            save_file(getattr(checkpoint.snapshot, part), draft / f"{part}.safetensors")
        if checkpoint.best:
            save_file(checkpoint.best, draft / "best.safetensors")
        state = {"fingerprint": fingerprint, "place": asdict(checkpoint.place)}
        (draft / STATE).write_text(json.dumps(state, indent=1), encoding="utf-8")
    for old in _found(folder)[KEEP:]:
        shutil.rmtree(old, ignore_errors=True)


def newest(folder: Path, fingerprint: str) -> Checkpoint | None:
    """The newest checkpoint that is whole and of this very job, or None. Damaged ones are put aside."""
    for path in _found(folder):
        if commit.whole(path) and (found := _load(path, fingerprint)) is not None:
            return found
        os.rename(path, folder / f".damaged-{path.name}-{uuid4().hex[:8]}")
    return None


def damaged(folder: Path) -> int:
    """How many were put aside so far."""
    return sum(1 for _ in folder.glob(".damaged-*"))


def _load(path: Path, fingerprint: str) -> Checkpoint | None:
    state = json.loads((path / STATE).read_text(encoding="utf-8"))
    if state["fingerprint"] != fingerprint:
        return None
    facts = state["place"]
    kept = path / "best.safetensors"
    return Checkpoint(
        place=Place(**{**facts, "scores": tuple(Score(**score) for score in facts["scores"])}),
        snapshot=Snapshot(**{part: load_file(path / f"{part}.safetensors") for part in PARTS}),
        best=load_file(kept) if kept.exists() else {},
    )


def _found(folder: Path) -> list[Path]:
    """Committed checkpoints, newest first."""
    return sorted(folder.glob("step-*"), reverse=True) if folder.is_dir() else []
