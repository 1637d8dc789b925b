"""Every way of teaching fits every architecture: in training, as a tree of labels, beside its base, by plain peft."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from peft import PeftModel

from studio.config import RunConfig
from studio.contract import Sampling
from studio.engine import adapters, generate, methods
from studio.engine.batches import collate
from studio.engine.encode import Encoder
from studio.engine.heads.branches import Branches, score
from studio.engine.load import Base
from studio.engine.loss import logits, losses
from studio.methods import METHODS
from tests.engine.architectures import CAUSAL, tiny
from tests.engine.conftest import make_tokenizer
from tests.engine.test_loss import ROWS
from tests.engine.test_scoring import LABELS, TEXTS, one_by_one

OWN = {"freeze": {"layers": 1}, "full": {}}
AHEAD = dict.fromkeys(("prefix", "prompt", "ptuning"), {"virtual_tokens": 5})
WAYS = {**OWN, "ia3": {}, **AHEAD}
CASES = pytest.mark.parametrize("kind", CAUSAL), pytest.mark.parametrize("method", WAYS)


def test_no_way_is_left_out() -> None:
    assert METHODS.keys() - {"lora", "qlora"} == WAYS.keys()  # these are in test_adapters


def taught(kind: str, method: str, folder: Path) -> Base:
    """A tiny model that has learned something at random."""
    model = tiny(kind).requires_grad_(False)
    model.save_pretrained(folder)
    given = {"task": "chat", "dataset": "d", "dataset_version": 1, "method": method, **WAYS[method]}
    found = methods.attach(Base(model, make_tokenizer(), folder, "fp32"), RunConfig.of(given))
    state = adapters.weights(found)
    draw = torch.Generator().manual_seed(5)
    moved = {name: weight + torch.randn(weight.shape, generator=draw) / 5 for name, weight in state.items()}
    adapters.put(found, moved)
    found.model.eval()
    return found


@CASES[0]
@CASES[1]
def test_what_learns_gets_gradients_and_nothing_else_does(kind: str, method: str, tmp_path: Path) -> None:
    base = taught(kind, method, tmp_path)
    losses(base, collate(ROWS, 0)).sum().backward()
    learned = adapters.parameters(base)
    assert learned and all(weight.grad is not None and bool(weight.grad.any()) for weight in learned.values())
    assert all(weight.grad is None for name, weight in base.model.named_parameters() if name not in learned)


@CASES[0]
@CASES[1]
def test_the_base_lane_is_the_untouched_model_to_the_last_bit(kind: str, method: str, tmp_path: Path) -> None:
    base, batch = taught(kind, method, tmp_path), collate(ROWS, 0)
    with torch.inference_mode():
        untouched = logits(Base(tiny(kind), None, tmp_path, "fp32"), batch)
        with generate.lanes(base, [generate.BASE] * len(ROWS)):
            assert torch.equal(logits(base, batch), untouched)
        assert not torch.allclose(logits(base, batch), untouched, atol=1e-2)


@CASES[0]
@CASES[1]
def test_one_batch_answers_as_base_and_tuned_model_alone(kind: str, method: str, tmp_path: Path) -> None:
    base = taught(kind, method, tmp_path)
    untouched = Base(tiny(kind), base.tokenizer, tmp_path, "fp32")
    prompts, short = [row.prompt for row in ROWS], Sampling(max_new_tokens=6)
    mixed = generate.generate(base, prompts * 2, [generate.BASE] * 3 + [generate.TUNED] * 3, short)
    for place, prompt in enumerate(prompts):
        assert mixed[place] == generate.generate(untouched, [prompt], [generate.TUNED], short)[0]
        assert mixed[3 + place] == generate.generate(base, [prompt], [generate.TUNED], short)[0]


@CASES[0]
@CASES[1]
def test_the_tree_of_labels_is_scored_as_each_label_alone(kind: str, method: str, tmp_path: Path) -> None:
    base = taught(kind, method, tmp_path)
    encoder = Encoder(base.tokenizer, "classify", LABELS, 100)
    branches = Branches([encoder.completion(label) for label in encoder.labels])
    prompts = [encoder.prompt(text) + branches.stem for text in TEXTS]
    found = score(base, prompts, branches, generate.TUNED)
    for row, prompt in enumerate(prompts):
        for column, tail in enumerate(branches.tails):
            assert found[row, column].item() == pytest.approx(one_by_one(base.model, prompt, tail), abs=1e-3)


@CASES[0]
@pytest.mark.parametrize("method", ["ia3", *AHEAD])
def test_plain_peft_answers_the_same(kind: str, method: str, tmp_path: Path) -> None:
    base = taught(kind, method, tmp_path)
    adapters.save(base, adapters.weights(base), tmp_path / "adapter", step=1)
    plain = PeftModel.from_pretrained(tiny(kind), tmp_path / "adapter").eval()
    for row in ROWS:
        ids = torch.tensor([row.ids])
        with torch.no_grad():
            found = plain(ids, attention_mask=torch.ones_like(ids)).logits[0, -len(row.ids) :]
            torch.testing.assert_close(found, base.model(ids).logits[0], rtol=1e-3, atol=1e-3)


@CASES[0]
@pytest.mark.parametrize("method", [*OWN, "ia3"])
def test_what_was_learned_is_in_the_merged_weights(kind: str, method: str, tmp_path: Path) -> None:
    base, batch = taught(kind, method, tmp_path), collate(ROWS, 0)
    with torch.inference_mode():
        tuned = logits(base, batch)
        merged = methods.room(method).merge(base)
        torch.testing.assert_close(logits(merged, batch), tuned, rtol=1e-4, atol=1e-4)
    assert merged.model.state_dict().keys() == tiny(kind).state_dict().keys()
