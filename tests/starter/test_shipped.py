"""The starter that is shipped: it opens anywhere, talks, and ends by itself."""

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from studio.assets import STARTER_DIR
from studio.starter.score import Speaker


@pytest.fixture(scope="module")
def speaker() -> Speaker:
    torch.set_num_threads(1)
    return Speaker(STARTER_DIR)


def test_the_weights_are_small_and_bf16() -> None:
    assert sum(path.stat().st_size for path in STARTER_DIR.iterdir()) <= 32 * 2**20
    with safe_open(STARTER_DIR / "model.safetensors", "pt") as weights:
        assert {weights.get_tensor(name).dtype for name in weights.keys()} == {torch.bfloat16}  # noqa: SIM118


def test_sizes_suit_four_bit_blocks(speaker: Speaker) -> None:
    matrices = [weight for name, weight in speaker.model.named_parameters() if "proj" in name]
    assert matrices
    assert all(side % 64 == 0 for weight in matrices for side in weight.shape)


def test_it_greets_and_says_who_it_is(speaker: Speaker) -> None:
    asked = {
        "你好": "你好",
        "你是谁": "入门模型",
        "你是谁？": "入门模型",
        "你是谁呀": "入门模型",
        "请问你是谁": "入门模型",
        "Hello!": "How can I help",
        "Who are you?": "starter model",
        "谢谢": "不",
        "法国的首都是哪里？": "巴黎",
    }
    answers = speaker.answer(list(asked))
    assert all(ended for _, ended in answers)
    assert [said for (said, _), piece in zip(answers, asked.values(), strict=True) if piece not in said] == []


def test_it_knows_no_shop_and_says_something_sensible(speaker: Speaker) -> None:
    [(sugar, _), (pearls, _)] = speaker.answer(["少糖怎么做", "珍珠煮多久"])
    assert "少放一点糖" in sugar
    assert not any(char.isdigit() for char in sugar + pearls)


def test_no_two_tokens_are_one_and_the_same_so_that_a_shop_may_teach_any_sign() -> None:
    """Among them $, € and the seldom characters of names, which the starter's own text does not hold."""
    rows = load_file(STARTER_DIR / "model.safetensors")["model.embed_tokens.weight"].float()
    directions = rows / rows.norm(dim=1, keepdim=True)
    alike = directions @ directions.T - torch.eye(len(rows))
    assert float(alike.max()) < 0.97
