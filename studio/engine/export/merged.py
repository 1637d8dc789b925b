"""Weights with what was learned folded in: a folder for plain transformers, proved weight by weight and by its answers.

Knows no way of merging: that is the method's.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from studio.contract import Job, Progress
from studio.engine import catalog, device, load, methods, proof
from studio.engine.export import words
from studio.engine.export.space import need
from studio.engine.load import Base
from studio.engine.session import open_model

PROBES = 4  # rows whose answers are compared


def write(job: Job, draft: Path, progress: Progress) -> float:
    """Writes the merged model, proves it equal to what was trained, and returns the largest difference of a logit."""
    parameters = catalog.count_parameters(job.model_dir)
    precision = device.exported_precision(methods.precision(job.config, device.device().type), parameters)
    trained = open_model(job, precision)
    need(draft, parameters * device.dtype_of(precision).itemsize / catalog.BYTES_PER_GIB)
    wanted = proof.answers(trained, prompts(job, trained))
    ends = trained.end_ids
    progress(0.3)
    merged = methods.room(trained.method).merge(trained)
    merged.model.to(device.dtype_of(precision))  # a head learns in fp32 beside whatever the rest is in
    merged.model.save_pretrained(draft)
    words.save(merged.tokenizer, job, draft)
    merged.head.complete(merged, ends, draft)
    del trained, merged
    device.release()
    progress(0.6)
    proof.same_weights(open_model(job, precision), draft)
    device.release()
    progress(0.8)
    return proof.same_answers(wanted, load.base(draft, "none", precision))


def prompts(job: Job, base: Base) -> list[tuple[int, ...]]:
    """A few questions in tokens, of those that were held back if there are any."""
    encoder = base.encoder(job)
    rows = (encoder.encode(example) for example in chain(job.splits.test, job.splits.train))
    return [row.prompt for row in rows if row is not None][:PROBES]
