"""A GGUF file is a model: turned into safetensors once, with the same weights and words, or refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import pytest
import torch
from safetensors.torch import load_file, save_file

from studio.engine import catalog, hub, load
from studio.errors import StudioError
from studio.studio import Studio
from studio.ui.kit.page import Page
from studio.ui.model import tab as model_tab
from tests.engine.conftest import make_tokenizer

REVIEWS = [(f"第{n}次来{taste}", label) for n in range(6) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen2 of two layers, its weights as sixteen bits can hold them."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    folder, tokenizer = tmp_path_factory.mktemp("plain") / "tiny", make_tokenizer()
    torch.manual_seed(1)
    config = Qwen2Config(
        vocab_size=512, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, tie_word_embeddings=True, initializer_range=0.1,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, bos_token_id=None,
    )  # fmt: skip
    Qwen2ForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def packed(plain: Path, path: Path, left_out: str = "") -> Path:
    """The same as a GGUF file."""
    config = json.loads((plain / "config.json").read_text(encoding="utf-8"))
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    _add_words(writer, plain, config["vocab_size"])
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.QWEN2, config["num_hidden_layers"])
    for name, tensor in load_file(plain / "model.safetensors").items():
        if name != left_out:
            writer.add_tensor(names.get_name(name, try_suffixes=(".weight", ".bias")), tensor.float().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_words(writer: Any, plain: Path, size: int) -> None:
    told = json.loads((plain / "tokenizer.json").read_text(encoding="utf-8"))
    special = {token["content"]: token["id"] for token in told["added_tokens"]}
    numbers = {**told["model"]["vocab"], **special}
    words = sorted(numbers, key=lambda word: numbers[word])
    words += [f"[PAD{number}]" for number in range(len(words), size)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(words)
    writer.add_token_types([3 if word in special else 5 if word.startswith("[PAD") else 1 for word in words])
    writer.add_token_merges([" ".join(pair) for pair in told["model"]["merges"]])
    writer.add_eos_token_id(special["<|im_end|>"])
    writer.add_pad_token_id(special["<|endoftext|>"])
    writer.add_chat_template((plain / "chat_template.jinja").read_text(encoding="utf-8"))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def test_its_weights_words_and_template_are_those_of_the_model_that_was_packed(
    plain: Path, tmp_path: Path, models: Path
) -> None:
    path = packed(plain, tmp_path / "tiny.gguf")
    folder = hub.fetch(str(path), models)
    assert folder.is_relative_to(models) and catalog.folder_of(str(path), models) == folder
    before, after = (load_file(one / "model.safetensors") for one in (plain, folder))
    assert before.keys() == after.keys() and all(torch.equal(before[name], after[name]) for name in before)
    words, same = load.tokenizer(plain), load.tokenizer(folder)
    for text in ("<|im_start|>user\n你们几点开门？<|im_end|>", "Hello there, 15%"):
        assert words.encode(text) == same.encode(text)
    assert words.chat_template == same.chat_template and same.eos_token == "<|im_end|>"
    card = hub.model_card(str(path), models)
    assert card.cached and card.source == "local" and card.parameters == catalog.count_parameters(plain)


@pytest.mark.usefixtures("warm_children")
def test_it_is_turned_once_serves_on_when_the_file_is_gone_and_anew_when_it_changed(
    plain: Path, tmp_path: Path, models: Path
) -> None:
    path = packed(plain, tmp_path / "tiny.gguf")
    weights = hub.fetch(str(path), models) / "model.safetensors"
    first = weights.stat().st_mtime_ns
    hub.fetch(str(path), models)
    assert weights.stat().st_mtime_ns == first
    other = load_file(plain / "model.safetensors")
    other["model.norm.weight"] += 1
    changed = tmp_path / "changed"
    changed.mkdir()
    for name in ("config.json", "tokenizer.json", "chat_template.jinja"):
        (changed / name).write_bytes((plain / name).read_bytes())
    save_file(other, changed / "model.safetensors")
    packed(changed, path)
    assert torch.equal(load_file(hub.fetch(str(path), models) / weights.name)["model.norm.weight"],
                       other["model.norm.weight"])  # fmt: skip
    path.unlink()
    assert hub.fetch(str(path), models) / weights.name == weights


@pytest.mark.usefixtures("warm_children")
def test_it_learns_as_any_other_model_does(plain: Path, tmp_path: Path) -> None:
    from studio.engine import TorchEngine

    path = packed(plain, tmp_path / "tiny.gguf")
    with Studio(TorchEngine(), tmp_path / "home") as studio:
        dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
        config = studio.plan(dataset, str(path), changes={"epochs": 1, "precision": "fp32"}).config
        assert studio.train(config).status == "finished"


@pytest.mark.usefixtures("warm_children")
def test_one_in_the_folder_of_models_is_offered_before_it_is_turned_and_after(plain: Path, tmp_path: Path) -> None:
    from studio.engine import TorchEngine

    with Studio(TorchEngine(), tmp_path / "home") as studio:
        (studio.workspace.models / "mine").mkdir()
        path = packed(plain, studio.workspace.models / "mine" / "tiny.gguf")
        dataset = studio.data.add_rows("评价", "classify", REVIEWS).id
        (offered,) = [one for one in studio.choosing.choices(dataset) if one.card.id == str(path)]
        assert offered.packed and offered.estimate is None
        page, choice = Page(studio, "zh"), {"dataset": dataset, "preset": "balanced", "method": "lora"}
        told = list(model_tab.another_plan(page, model=str(path), **choice))
        assert len(told[0]) == len(told[1]) and "safetensors" in str(told[0])
        assert len(told) == 2 and len(list(model_tab.another_plan(page, model=str(path), **choice))) == 1
        (turned,) = [one for one in studio.choosing.choices(dataset) if one.card.id == str(path)]
        assert not turned.packed and turned.estimate and studio.choosing.unready().packed == {}


@pytest.mark.parametrize(
    ("content", "key"),
    [(None, "engine.no_such_file"), (b"GGML no such thing", "engine.no_gguf"), (b"GGUF", "engine.gguf_fails"),
     (b"GGUF\x03\x00\x00\x00" + b"\xff" * 40, "engine.gguf_fails")],
)  # fmt: skip
def test_what_is_none_is_said(tmp_path: Path, models: Path, content: bytes | None, key: str) -> None:
    path = tmp_path / "x.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StudioError) as failure:
        hub.fetch(str(path), models)
    assert failure.value.key == key and failure.value.say("zh") and failure.value.say("en")
    assert not list((models / ".gguf").glob("*")) if (models / ".gguf").exists() else True


@pytest.mark.usefixtures("warm_children")
def test_a_file_that_lacks_weights_is_refused_and_nothing_is_made_up(plain: Path, tmp_path: Path, models: Path) -> None:
    path = packed(plain, tmp_path / "tiny.gguf", left_out="model.layers.1.mlp.up_proj.weight")
    with pytest.raises(StudioError) as failure:
        hub.fetch(str(path), models)
    assert failure.value.key == "engine.gguf_fails" and "up_proj" in failure.value.say("en")
    whole = packed(plain, tmp_path / "cut.gguf")
    whole.write_bytes(whole.read_bytes()[:-5000])
    with pytest.raises(StudioError) as failure:
        hub.fetch(str(whole), models)
    assert failure.value.key == "engine.gguf_fails"
