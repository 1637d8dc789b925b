"""What thumbs bring down is what the paper says, what TRL computes on the same batch, and the same on the way back."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from studio.contract import never
from studio.data.schema import Example, Splits, Thumb
from studio.engine import TorchEngine, load
from studio.engine.encode import Encoded, Encoder
from studio.engine.load import Base
from studio.engine.preferring import Judged, balanced, kto
from studio.engine.thumbs import Thumbs
from studio.events import Evaluated, Step
from tests.engine.conftest import Jobs
from tests.engine.running import After, adapter, facts, losses
from tests.engine.test_preferring import config, tuned

THUMBS: list[tuple[str, str, Thumb]] = [
    ("几点开门", "早上九点开门。", "up"),
    ("少糖怎么做", "随便，你自己看着办吧，别问我", "down"),
    ("好喝吗", "味道很好，下次还来。", "up"),
    ("能退吗", "可以退。", "up"),
]


def encoded(base: Base) -> list[Encoded]:
    encoder = Encoder(base.tokenizer, "prefer", (), 256)
    rows = [encoder.encode(Example(n, a, b, liked=c)) for n, (a, b, c) in enumerate(THUMBS, 1)]
    return [row for row in rows if row is not None]


def prepared(base: Base, rows: list[Encoded], folder: Path) -> Thumbs:
    aim = Thumbs(base, config(preference_loss="kto"))
    assert aim.prepare(iter(rows), folder, "a job", never)
    return aim


def test_the_loss_is_the_formula_of_its_paper() -> None:
    judged = Judged(torch.tensor([3.0, 3.0]), torch.tensor([True, False]), torch.tensor(1.0))
    value = 1 / (1 + math.exp(-0.1 * 2))
    assert kto(judged, 0.1).tolist() == pytest.approx([1 - value, value])


def test_both_kinds_weigh_the_same_however_many_there_are() -> None:
    up, down = balanced(30, 10)
    assert 30 * up == 10 * down == 20


def test_a_batch_costs_what_it_costs_in_trl(model_dir: Path, tmp_path: Path) -> None:
    base = tuned(model_dir)
    rows = encoded(base)
    aim = prepared(base, rows, tmp_path / "run")
    aim.begin(rows)
    assert aim.usual > 0, "then the reference point is of no account here"
    ours = aim.losses(rows)
    assert float(ours.losses.detach().mean()) == pytest.approx(
        theirs(base, model_dir, tmp_path / "trl", rows), rel=1e-4
    )


def theirs(base: Base, model_dir: Path, folder: Path, rows: list[Encoded]) -> float:
    """The loss of TRL's KTO trainer, with a LoRA like ours whose weights are copied over."""
    from datasets import Dataset
    from transformers import AutoModelForCausalLM
    from trl import KTOConfig, KTOTrainer

    up, down = balanced(3, 1)
    args = KTOConfig(
        output_dir=str(folder), report_to=[], use_cpu=True, bf16=False, gradient_checkpointing=False, beta=0.1,
        desirable_weight=up, undesirable_weight=down, per_device_train_batch_size=len(rows),
    )  # fmt: skip
    said = [{"role": "user", "content": "x"}]
    trainer = KTOTrainer(
        model=AutoModelForCausalLM.from_pretrained(model_dir, dtype=torch.float32), args=args,
        train_dataset=Dataset.from_list([{"prompt": said, "completion": said, "label": bool(n % 2)} for n in range(4)]),
        processing_class=base.tokenizer, peft_config=base.peft.peft_config["default"],
    )  # fmt: skip
    own = dict(base.model.named_parameters())
    for name, weight in trainer.model.named_parameters():
        if "lora_" in name:
            weight.data.copy_(own[name.removeprefix("base_model.model.")].data)
    trainer.model.eval()
    mixed = [rows[-1].completion, *(row.completion for row in rows[:-1])]
    batch = trainer.data_collator([
        {"prompt_ids": list(row.prompt), "completion_ids": list(row.completion), "KL_completion_ids": list(other),
         "label": row.liked == "up"}
        for row, other in zip(rows, mixed, strict=True)
    ])  # fmt: skip
    return float(trainer.compute_loss(trainer.model, batch))


def test_what_is_rehearsed_beside_thumbs_is_learned_as_it_stands(model_dir: Path, tmp_path: Path) -> None:
    base = tuned(model_dir)
    rows = encoded(base)
    aim = prepared(base, rows, tmp_path)
    plain = replace(rows[1], liked="")
    mixed, alone = aim.losses([rows[0], plain, *rows[2:]]), aim.losses([rows[0], *rows[2:]])
    assert mixed.losses[[0, 2, 3]].tolist() == pytest.approx(alone.losses.tolist(), rel=1e-4)
    assert len(mixed.margins) == 3


def test_one_answer_alone_has_nothing_to_be_measured_by(model_dir: Path, tmp_path: Path) -> None:
    base = tuned(model_dir)
    rows = encoded(base)
    aim = prepared(base, rows, tmp_path)
    aim.begin(rows[:1])
    assert aim.usual == 0


def test_a_step_costs_the_same_in_however_many_parts(model_dir: Path, tmp_path: Path) -> None:
    base = tuned(model_dir)
    rows = encoded(base)
    aim = prepared(base, rows, tmp_path)
    aim.begin(rows)
    whole, parts = aim.losses(rows).losses, [aim.losses([row]).losses for row in rows]
    assert torch.cat(parts).tolist() == pytest.approx(whole.tolist(), rel=1e-4)


def test_a_long_answer_to_another_question_still_fits(model_dir: Path, tmp_path: Path) -> None:
    base = load.base(model_dir, "none", "fp32")
    row = Encoded(1, tuple(range(5, 205)), tuple(range(5, 205)), "", liked="up")
    mixed = Thumbs(tuned(model_dir), config(preference_loss="kto"))._with(row, row.completion)
    assert len(mixed.prompt) + len(mixed.completion) <= base.context


def splits() -> Splits:
    """Polite answers were liked, rude ones were not."""
    things, asked = ("奶茶", "咖啡", "红茶", "蛋糕"), ("多少钱", "好喝吗", "能退吗")
    rows = [
        Example(2 * n + side, thing + what, said, liked=liked)
        for n, (thing, what) in enumerate((thing, what) for what in asked for thing in things)
        for side, said, liked in ((1, f"您好，{thing}的事我帮您问。", "up"), (2, f"{thing}？不知道。", "down"))
    ]
    return Splits(
        "data-1", 1, "prefer", (), tuple(rows[:16]), tuple(rows[16:20]), tuple(rows[20:]), lesson="preference"
    )


@pytest.mark.usefixtures("patient")
def test_a_run_of_thumbs_learns_goes_on_to_the_last_bit_and_is_examined(jobs: Jobs) -> None:
    changes = {"preference_loss": "kto", "epochs": 4, "evaluations": 2, "learning_rate": 3e-3}
    whole, parts = (jobs.make("prefer", name, rows=splits(), **changes) for name in ("whole", "parts"))
    engine = TorchEngine()
    engine.train(whole, never)
    engine.train(parts, After(3))
    engine.train(parts, never)
    assert adapter(parts) == adapter(whole) and losses(parts) == losses(whole)
    steps, tests = facts(whole, Step), facts(whole, Evaluated)
    assert steps[-1].margin > steps[0].margin and tests[0].correct == 0 and tests[-1].correct == tests[-1].count == 4
    session = engine.open(whole)
    examples = splits().test
    assert session.leanings(examples, False) == [0.0] * 4
    assert all(leaning > 0 for leaning in session.leanings(examples, True))
