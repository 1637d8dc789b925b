"""What a frozen trunk that is computed once saves: processor seconds a pass, with and without it, on the starter.

Knows no page and no workspace.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Figure

ROWS, PASSES = 240, 10


def figures() -> Iterator[Figure]:
    """A pass each way in turn, so that other work on the machine disturbs both alike; the trunk's making is counted."""
    from studio.assets import STARTER_DIR
    from studio.config import RunConfig
    from studio.contract import Job
    from studio.data.schema import Example, Splits
    from studio.engine import load
    from studio.engine.learner import Learner
    from studio.engine.train import learnable

    pairs = (
        (f"第{n}次来，{taste}，{more}", label) for n in range(ROWS // 4) for taste, label in TASTES for more in MORE
    )
    rows = tuple(Example(number, text, label) for number, (text, label) in enumerate(pairs, 1))
    splits = Splits("d", 1, "classify", ("好评", "差评"), rows, rows[:8], rows[:8])
    given = {"task": "classify", "dataset": "d", "dataset_version": 1, "method": "freeze", "epochs": PASSES}
    config = RunConfig.of({**given, "max_length": 128})
    with tempfile.TemporaryDirectory() as folder:
        job = Job(config, Path(folder), splits, STARTER_DIR, Path(folder) / "tokens")
        learned = learnable(job)
        spent = {"plain": 0.0, "kept": 0.0}
        learners = {}
        for name, kept in (("plain", None), ("kept", job.tokens)):
            base, start = load.base(STARTER_DIR, "none", "fp32"), time.process_time()
            learners[name] = Learner(base, learned, config, kept)
            spent[name] += time.process_time() - start
        for number in range(1, PASSES * learners["plain"].steps_per_epoch + 1):
            for name, learner in learners.items():
                start = time.process_time()
                learner.step(number, config.learning_rate)
                spent[name] += time.process_time() - start
    text = f"{spent['plain'] / spent['kept']:.2f} × ({spent['plain']:.1f} s → {spent['kept']:.1f} s)"
    yield Figure(f"the last two layers, {ROWS} rows, {PASSES} passes: processor time saved by the kept trunk", text, "")


TASTES = (("很好喝", "好评"), ("太难喝", "差评"))
MORE = ("服务也很热情，下次带朋友一起来", "等了大概二十分钟才做好")
