"""What was learned, alone, as peft writes it: for those who have the base model.

Knows no merging.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from studio import commit
from studio.contract import ADAPTER, Job, Progress
from studio.engine import adapters, catalog, load
from studio.engine.export import words
from studio.engine.export.space import need
from studio.methods import METHODS


def write(job: Job, draft: Path, progress: Progress) -> float:
    """Copies the committed adapter and its tokenizer. Raises StudioError when it is damaged or not finite."""
    need(draft, sum(path.stat().st_size for path in (job.run_dir / ADAPTER).iterdir()) / catalog.BYTES_PER_GIB)
    adapters.read(job.run_dir / ADAPTER)
    for path in (job.run_dir / ADAPTER).iterdir():
        if path.name != commit.MANIFEST:
            shutil.copyfile(path, draft / path.name)
    tokenizer = load.tokenizer(job.model_dir)
    if METHODS[job.config.method].ahead:  # they take up places of a row
        context = catalog.Shape.of(catalog.check(job.model_dir)).context
        tokenizer.model_max_length = min(tokenizer.model_max_length, job.config.reads(context))
    words.save(tokenizer, job, draft)
    return 0.0
