"""What a step of LoRA and an answer take of a processor in bf16: by torch and peft alone, and as the studio has it.

Knows the engine only; no file of somebody else. Both ways take turns in one process, so that other work on the machine
disturbs both alike; processor seconds of one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.frozen import rows
from benchmarks.table import Figure

STEPS, ASKED = 40, 64


def figures() -> Iterator[Figure]:
    import torch

    torch.set_num_threads(1)
    with TemporaryDirectory() as folder:
        plain, ours = (_learner(Path(folder) / name) for name in ("plain", "ours"))
    _by_libraries_alone(plain.base)
    steps = [_both(number, *(partial(one.step, rate=1e-4) for one in (plain, ours))) for number in range(1, STEPS + 1)]
    before, after = (median(one) for one in zip(*steps[STEPS // 4 :], strict=True))
    yield Figure("a step of LoRA on the starter, 8 short rows, bf16 on a CPU", _told(before, after))
    prompts = [row.prompt for row in plain.batch(1)] * (ASKED // 8)
    answers = [_both(prompts, _answering(plain.base), _answering(ours.base)) for _ in range(5)]
    before, after = (median(one) for one in zip(*answers, strict=True))
    yield Figure(f"the first token of {ASKED} answers of the starter, bf16 on a CPU", _told(before, after))


def _learner(folder: Path) -> Any:
    from studio.assets import STARTER_DIR
    from studio.config import RunConfig
    from studio.contract import Job
    from studio.engine import load
    from studio.engine.learner import Learner
    from studio.engine.train import learnable

    given = {"task": "classify", "dataset": "d", "dataset_version": 1, "max_length": 128, "precision": "bf16"}
    job = Job(RunConfig.of(given), folder, rows(), STARTER_DIR, folder / "tokens")
    return Learner(load.base(STARTER_DIR, "none", "bf16"), learnable(job), job.config)


def _by_libraries_alone(base: Any) -> None:
    """Takes from a model what `attention`, `thin` and `load` gave it."""
    from studio.engine.methods import lora
    from studio.engine.methods.by_peft import NAME

    base.model.set_attn_implementation("sdpa")
    for layer in lora._layers(base).values():
        del layer.lora_variant[NAME], layer.cast_input_dtype_enabled
    base.model.get_output_embeddings()._forward_pre_hooks.clear()


def _answering(base: Any) -> Callable[[Any], object]:
    from studio.contract import Sampling
    from studio.engine import generate, modes

    def answer(prompts: Any) -> object:
        with modes.answering(base.model):
            return generate.generate(base, prompts, [generate.TUNED] * len(prompts), Sampling(max_new_tokens=1))

    return answer


def _both(asked: Any, *ways: Callable[..., object]) -> list[float]:
    spent = []
    for way in ways:
        start = time.thread_time()
        way(asked)
        spent.append(time.thread_time() - start)
    return spent


def _told(before: float, after: float) -> str:
    return f"{1000 * before:.0f} → {1000 * after:.0f} CPU ms ({after / before - 1:+.0%})"
