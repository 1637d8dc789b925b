"""Labels scored as a tree get the probabilities they would get one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from studio.data import asking
from studio.data.schema import Message
from studio.engine import generate, load
from studio.engine.encode import Encoder
from studio.engine.heads.branches import Branches, predict, score
from studio.engine.load import Base
from tests.engine.architectures import CAUSAL, tiny
from tests.engine.conftest import make_tokenizer

LABELS = ("好评", "好", "差评，很差", "bad")
TEXTS = ["很好喝", "太难喝了，等了很久，不会再来", "嗯"]
ASKED = [asking.conversation(text) for text in TEXTS]


def one_by_one(model: Any, prompt: tuple[int, ...], completion: tuple[int, ...]) -> float:
    """The log-probability of `completion` after `prompt`, by transformers' own forward."""
    ids = torch.tensor([prompt + completion])
    with torch.no_grad():
        logs = torch.log_softmax(model(ids).logits[0].float(), dim=1)
    places = range(len(prompt) - 1, len(prompt) + len(completion) - 1)
    return sum(logs[place, number].item() for place, number in zip(places, completion, strict=True))


@pytest.mark.parametrize("kind", CAUSAL)
def test_the_tree_equals_scoring_each_label_alone(kind: str, tmp_path: Path) -> None:
    base = Base(tiny(kind), make_tokenizer(), tmp_path, "fp32")
    encoder = Encoder(base.tokenizer, "classify", LABELS, 128)
    branches = Branches([encoder.completion(label) for label in encoder.labels])
    prompts = [encoder.prompt(text) + branches.stem for text in TEXTS]
    found = score(base, prompts, branches, generate.BASE)
    for row, prompt in enumerate(prompts):
        for column, tail in enumerate(branches.tails):
            assert found[row, column].item() == pytest.approx(one_by_one(base.model, prompt, tail), abs=2e-4)


def test_probabilities_add_up_and_the_answer_is_the_likeliest(model_dir: Path) -> None:
    base = load.base(model_dir, "none", "fp32")
    encoder = Encoder(base.tokenizer, "classify", LABELS, 256)
    for found in predict(base, encoder, ASKED, generate.BASE):
        assert sum(found.probabilities.values()) == pytest.approx(1)
        assert found.confidence == max(found.probabilities.values()) == found.probabilities[found.answer]
        assert list(found.probabilities) == list(LABELS)


def test_an_answer_does_not_depend_on_the_other_texts(model_dir: Path) -> None:
    base = load.base(model_dir, "none", "fp32")
    encoder = Encoder(base.tokenizer, "classify", LABELS, 256)
    together = predict(base, encoder, ASKED * 20, generate.BASE)
    for place, asked in enumerate(ASKED):
        alone = predict(base, encoder, [asked], generate.BASE)[0]
        assert together[place].probabilities == pytest.approx(alone.probabilities, abs=1e-5)


def test_what_was_said_before_a_text_counts(model_dir: Path) -> None:
    base = load.base(model_dir, "none", "fp32")
    encoder = Encoder(base.tokenizer, "classify", LABELS, 256)
    plain, below = (asking.conversation("嗯", said) for said in ((), (Message("system", "只看服务"),)))
    alone, told = predict(base, encoder, [plain, below], generate.BASE)
    assert alone.probabilities != pytest.approx(told.probabilities, abs=1e-6)


def test_labels_that_begin_alike_share_what_they_begin_with() -> None:
    encoder = Encoder(make_tokenizer(), "classify", ("服务很好", "服务很差"), 256)
    branches = Branches([encoder.completion(label) for label in encoder.labels])
    assert encoder.tokenizer.decode(list(branches.stem)).startswith("服务")
    assert [branches.stem + tail for tail in branches.tails] == [encoder.completion(label) for label in encoder.labels]


def test_no_texts_give_no_answers(model_dir: Path) -> None:
    base = load.base(model_dir, "none", "fp32")
    assert predict(base, Encoder(base.tokenizer, "classify", LABELS, 256), [], generate.BASE) == []
