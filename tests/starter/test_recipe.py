"""The whole recipe on a tiny model."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, Qwen3Config, Qwen3ForCausalLM

from studio.starter.make import make
from studio.starter.model import spread
from studio.starter.pretrain import rate_share
from studio.starter.recipe import QUICK
from studio.starter.score import Speaker

TINY = replace(QUICK, steps=12, length=128, rows=2, save_every=5, talking=0.3, tokenizer_documents=300)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def test_the_recipe_makes_a_model_that_learns_and_answers(tmp_path: Path) -> None:
    make(replace(TINY, steps=40, rows=4), tmp_path / "model", tmp_path / "work")
    untrained = 8.5  # about the logarithm of the vocabulary
    speaker = Speaker(tmp_path / "model")
    ids = speaker.tokenizer.apply_chat_template([{"role": "user", "content": "你好"}], return_tensors="pt")["input_ids"]
    with torch.no_grad():
        loss = speaker.model(input_ids=ids, labels=ids).loss.item()
    assert loss < untrained - 1
    assert len(speaker.answer(["你好", "hello"])) == 2


def test_an_interrupted_run_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    make(TINY, tmp_path / "whole", tmp_path / "work")
    saved = load_file(tmp_path / "whole" / "model.safetensors")
    # The checkpoint of step 10 still lies in the work folder: the second make starts there.
    make(TINY, tmp_path / "again", tmp_path / "work")
    resumed = load_file(tmp_path / "again" / "model.safetensors")
    assert all(torch.equal(saved[name], resumed[name]) for name in saved)


def test_plain_transformers_opens_it(tmp_path: Path) -> None:
    make(TINY, tmp_path / "model", tmp_path / "work")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "model")
    assert model.dtype == torch.bfloat16
    assert len(model.generation_config.eos_token_id) == 2


def test_the_rate_rises_holds_and_falls_to_zero() -> None:
    recipe = replace(QUICK, steps=100, warmup=10, decay=0.4)
    shares = [rate_share(recipe, step, step / 100) for step in range(101)]
    assert shares[0] == pytest.approx(0.1)
    assert shares[30] == 1
    assert shares[-1] == 0
    assert shares[60:] == sorted(shares[60:], reverse=True)


def test_a_longer_run_goes_on_from_a_shorter_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(TINY, tmp_path / "short", tmp_path / "work")
    capsys.readouterr()
    make(replace(TINY, steps=30), tmp_path / "long", tmp_path / "work")
    shown = capsys.readouterr().err
    assert "step 20" in shown
    assert "step 10 " not in shown  # ten steps were done before


def test_tokens_that_no_text_held_get_a_direction_of_their_own_and_the_others_stay() -> None:
    model = Qwen3ForCausalLM(Qwen3Config(vocab_size=64, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
                                         num_key_value_heads=1, head_dim=16, intermediate_size=32))  # fmt: skip
    table = model.get_input_embeddings().weight.detach()
    table[:40] *= 2 / table[:40].norm(dim=1, keepdim=True)
    table[40:] = 0.2 * torch.ones(32)
    before = table.clone()
    assert spread(model, seed=1) == 24
    assert torch.equal(table[:40], before[:40])
    unmet = table[40:] / table[40:].norm(dim=1, keepdim=True)
    assert float((unmet @ unmet.T - torch.eye(24)).max()) < 0.97
