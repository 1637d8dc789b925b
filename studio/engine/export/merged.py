"""Weights with what was learned folded in: a folder for plain transformers, proved weight by weight and by its answers.

Knows no way of merging: that is the method's.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

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
    merged.model.save_pretrained(draft)
    words.save(merged.tokenizer, job, draft)
    _generation_config(merged, ends).save_pretrained(draft)
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


def _generation_config(base: Base, ends: list[int]) -> Any:
    """Greedy, and ended by every token that can end an answer; else what the base's makers set would be in force."""
    from transformers import GenerationConfig

    return GenerationConfig(
        eos_token_id=ends,
        pad_token_id=base.tokenizer.pad_token_id if base.tokenizer.pad_token_id is not None else ends[0],
        bos_token_id=base.tokenizer.bos_token_id,
        do_sample=False,
        max_new_tokens=256,
    )
