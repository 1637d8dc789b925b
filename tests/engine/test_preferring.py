"""What pairs bring down is what the papers say, what TRL computes on the same batch, and the same on the way back."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from studio.config import RunConfig
from studio.contract import never
from studio.data.schema import Example
from studio.engine import load, methods, reference
from studio.engine.batches import collate
from studio.engine.encode import Encoded, Encoder
from studio.engine.load import Base
from studio.engine.loss import losses as token_losses
from studio.engine.pairs import Pairs
from studio.engine.preferring import GAMMA, LOSSES, OF_ONE, Said, margins
from studio.preferences import PREFERENCES

PAIRS = [
    ("几点开门", "早上九点开门。", "不知道"),
    ("少糖怎么做", "减20%糖浆。", "随便，你自己看着办吧，别问我"),
    ("好喝吗", "味道很好，下次还来。", "一般般"),
]
BETTER, WORSE = torch.tensor([-6.0, -9.0, -30.0]), torch.tensor([-8.0, -4.0, -28.5])
BETTER_BEFORE, WORSE_BEFORE = torch.tensor([-7.0, -8.0, -31.0]), torch.tensor([-7.5, -5.0, -29.0])
SAID = Said(BETTER, WORSE, torch.tensor([3.0, 5.0, 40.0]), torch.tensor([4.0, 2.0, 19.0]), BETTER_BEFORE, WORSE_BEFORE)


def config(**changes: Any) -> RunConfig:
    return RunConfig(task="prefer", dataset="d", dataset_version=1, precision="fp32", rank=4, **changes)


def tuned(model_dir: Path, **changes: Any) -> Base:
    """A model with an adapter that has learned something."""
    base = methods.attach(load.base(model_dir, "none", "fp32"), config(**changes))
    torch.manual_seed(3)
    for weight in base.model.parameters():
        if weight.requires_grad:
            weight.data.normal_(0, 0.2)
    base.model.eval()
    return base


def encoded(base: Base) -> list[Encoded]:
    encoder = Encoder(base.tokenizer, "prefer", (), 256)
    rows = [encoder.encode(Example(n, a, b, rejected=c)) for n, (a, b, c) in enumerate(PAIRS, 1)]
    return [row for row in rows if row is not None]


def prepared(base: Base, rows: list[Encoded], folder: Path, **changes: Any) -> Pairs:
    aim = Pairs(base, config(**changes))
    assert aim.prepare(rows, folder, "a job", never)
    return aim


def test_each_loss_is_the_formula_of_its_paper() -> None:
    def log_sigmoid(x: float) -> float:
        return -math.log1p(math.exp(-x))

    def by_hand(name: str, place: int, beta: float) -> float:
        c, r, nc, nr, rc, rr = (float(getattr(SAID, one)[place]) for one in vars(SAID))
        odds = [p / (1 - p) for p in (math.exp(c / nc), math.exp(r / nr))]
        return {
            "dpo": -log_sigmoid(beta * ((c - rc) - (r - rr))),
            "ipo": ((c - rc) / nc - (r - rr) / nr - 1 / (2 * beta)) ** 2,
            "simpo": -log_sigmoid(beta * (c / nc - r / nr) - GAMMA),
            "orpo": -c / nc - beta * log_sigmoid(math.log(odds[0] / odds[1])),
        }[name]

    assert LOSSES.keys() | OF_ONE.keys() == PREFERENCES.keys()
    for name, loss in LOSSES.items():
        beta = PREFERENCES[name].beta
        assert loss(SAID, beta).tolist() == pytest.approx([by_hand(name, n, beta) for n in range(3)], rel=1e-4), name


def test_a_better_answer_that_gets_likelier_costs_less_in_each_of_them() -> None:
    for name, loss in LOSSES.items():
        better = BETTER.clone().requires_grad_()
        said = Said(better, *list(vars(SAID).values())[1:])
        loss(said, PREFERENCES[name].beta).sum().backward()
        assert (better.grad < 0).all(), name
        assert margins(name, said, 1.0).shape == (3,)


def test_an_answer_as_good_as_certain_leaves_the_odds_a_number() -> None:
    sure = Said(torch.zeros(1), torch.tensor([-4.0]), *[torch.ones(1)] * 2, *[torch.zeros(1)] * 2)
    assert torch.isfinite(LOSSES["orpo"](sure, 0.1)).all()


@pytest.mark.parametrize("name", LOSSES)
def test_the_loss_of_a_batch_equals_a_plain_one_pair_by_pair(model_dir: Path, tmp_path: Path, name: str) -> None:
    base = tuned(model_dir)
    rows = encoded(base)
    aim = prepared(base, rows, tmp_path, preference_loss=name)
    found = aim.losses(rows)

    def logs(row: Encoded, *, on: bool) -> torch.Tensor:
        with torch.no_grad(), base.peft.disable_adapter() if not on else torch.no_grad():
            return torch.stack([-token_losses(base, collate([side], 0)).sum() for side in row.sides])

    for place, row in enumerate(rows):
        now, before = logs(row, on=True)[:, None], logs(row, on=False)[:, None]
        if not PREFERENCES[name].reference:
            before = torch.zeros_like(before)
        lengths = torch.tensor([len(row.completion), len(row.rejected)])[:, None]
        alone = Said(*now, *lengths, *before)
        beta = PREFERENCES[name].beta
        assert float(found.losses[place]) == pytest.approx(float(LOSSES[name](alone, beta)), rel=1e-4)
        assert float(found.margins[place]) == pytest.approx(float(margins(name, alone, beta)), rel=1e-4, abs=1e-6)


def test_what_is_rehearsed_beside_pairs_is_learned_as_it_stands(model_dir: Path, tmp_path: Path) -> None:
    base = tuned(model_dir)
    rows = encoded(base)
    aim = prepared(base, rows, tmp_path)
    plain = rows[1].sides[0]
    mixed, alone = aim.losses([rows[0], plain, rows[2]]), aim.losses([rows[0], rows[2]])
    assert mixed.losses[[0, 2]].tolist() == pytest.approx(alone.losses.tolist(), rel=1e-4)
    assert float(mixed.losses[1]) == pytest.approx(float(token_losses(base, collate([plain], 0)).mean()), rel=1e-4)
    assert mixed.margins.tolist() == pytest.approx(alone.margins.tolist(), rel=1e-4)


def test_the_reference_is_the_model_without_its_adapter_and_is_read_once(
    model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tuned(model_dir)
    rows = encoded(base)
    aim = prepared(base, rows, tmp_path)
    with torch.no_grad(), base.peft.disable_adapter():
        plain = [float(token_losses(base, collate([side], 0)).sum()) for row in rows for side in row.sides]
    assert [nats for pair in aim.reference.values() for nats in pair] == pytest.approx(plain, rel=1e-4)
    monkeypatch.setattr(reference, "nats", None)  # nothing is read a second time
    again = Pairs(base, config())
    assert again.prepare(rows, tmp_path, "a job", never) and again.reference == aim.reference


def test_a_stop_while_the_reference_is_read_keeps_nothing_of_it(
    model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "AT_ONCE", 1)
    base = tuned(model_dir)
    aim = Pairs(base, config())
    assert not aim.prepare(encoded(base), tmp_path, "a job", lambda: True)
    assert not list(tmp_path.iterdir())


def test_one_cut_fits_both_answers(model_dir: Path) -> None:
    base = load.base(model_dir, "none", "fp32")
    short, long = "好", "不知道，你自己去看看吧，别来问我"
    for better, worse in ((short, long), (long, short)):
        row = Encoder(base.tokenizer, "prefer", (), 60).encode(Example(1, "几点开门" * 20, better, rejected=worse))
        assert row is not None and row.cut and len(row) <= 60
        assert max(len(side.ids) for side in row.sides) == len(row)
        assert row.sides[0].prompt == row.sides[1].prompt


class Theirs:
    """TRL's DPO trainer with a LoRA like ours, whose weights are copied over."""

    def __init__(self, base: Base, model_dir: Path, folder: Path, loss_type: str, beta: float) -> None:
        from datasets import Dataset
        from transformers import AutoModelForCausalLM
        from trl import DPOConfig, DPOTrainer

        plain = AutoModelForCausalLM.from_pretrained(model_dir, dtype=torch.float32)
        args = DPOConfig(
            output_dir=str(folder), report_to=[], use_cpu=True, bf16=False, gradient_checkpointing=False,
            loss_type=[loss_type], beta=beta,
        )  # fmt: skip
        turns = [{name: [{"role": "user", "content": "x"}] for name in ("prompt", "chosen", "rejected")}]
        self.trainer = DPOTrainer(
            model=plain, args=args, train_dataset=Dataset.from_list(turns), processing_class=base.tokenizer,
            peft_config=base.peft.peft_config["default"],
        )  # fmt: skip
        ours = dict(base.model.named_parameters())
        for name, weight in self.trainer.model.named_parameters():
            if "lora_" in name:
                weight.data.copy_(ours[name.removeprefix("base_model.model.")].data)

    def loss(self, rows: list[Encoded]) -> float:
        sides = [row.sides[which] for which in (0, 1) for row in rows]
        width = max(len(side.ids) for side in sides)
        filled = [(*side.ids, *[0] * (width - len(side.ids))) for side in sides]
        learned = [
            [0] * len(side.prompt) + [1] * len(side.completion) + [0] * (width - len(side.ids)) for side in sides
        ]
        seen = [[1] * len(side.ids) + [0] * (width - len(side.ids)) for side in sides]
        batch = {"input_ids": filled, "attention_mask": seen, "completion_mask": learned}
        self.trainer.model.eval()
        return float(
            self.trainer.compute_loss(
                self.trainer.model, {name: torch.tensor(values) for name, values in batch.items()}
            )
        )


@pytest.mark.parametrize(("name", "theirs"), [("dpo", "sigmoid"), ("ipo", "ipo")])
def test_a_batch_costs_what_it_costs_in_trl(model_dir: Path, tmp_path: Path, name: str, theirs: str) -> None:
    base = tuned(model_dir)
    rows = encoded(base)
    beta = PREFERENCES[name].beta
    ours = prepared(base, rows, tmp_path / "run", preference_loss=name).losses(rows).losses.mean()
    found = Theirs(base, model_dir, tmp_path / "trl", theirs, beta).loss(rows)
    assert float(ours) == pytest.approx(found, rel=1e-4)


def test_those_without_a_reference_cost_what_they_cost_in_trl() -> None:
    from trl.experimental.cpo import CPOTrainer
    from trl.experimental.orpo import ORPOTrainer

    better, worse = SAID.by_token
    settings = {"accelerator": SimpleNamespace(device="cpu"), "label_smoothing": 0.0, "alpha": 0.0}
    cpo = SimpleNamespace(loss_type="simpo", beta=2.0, simpo_gamma=GAMMA, **settings)
    assert LOSSES["simpo"](SAID, 2.0).tolist() == pytest.approx(CPOTrainer.cpo_loss(cpo, better, worse)[0].tolist())
    weighed = ORPOTrainer.odds_ratio_loss(SimpleNamespace(beta=0.1, **settings), better, worse)[0]
    assert LOSSES["orpo"](SAID, 0.1).tolist() == pytest.approx((-better - weighed).tolist())
