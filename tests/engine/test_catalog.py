"""What may be loaded is decided from plain JSON; everything else is refused with a sentence."""

from __future__ import annotations

import json
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest

from studio.engine import catalog, load
from studio.errors import StudioError
from studio.words import LANGS
from tests.engine.conftest import change

WANTS_CODE = json.loads('{"trust_remote_code": true}')  # as a hostile model's own file has it


def refusal(folder: Path) -> str:
    """The key with which the catalogue, and loading, refuse the folder."""
    with pytest.raises(StudioError) as from_check:
        catalog.check(folder)
    with pytest.raises(StudioError) as from_load:
        load.base(folder, "none", "fp32")
    assert from_check.value.key == from_load.value.key
    assert all(from_check.value.say(lang) for lang in LANGS)
    return from_check.value.key


class Canary:
    """A pickle that would leave a file behind if anything opened it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def with_code(model: Path, canary: Path, *names: str) -> None:
    """Code beside the model, which leaves a file when it runs, named in these of its settings."""
    (model / "own.py").write_text(f"open({str(canary)!r}, 'w')\nclass Own:\n    pass\n", encoding="utf-8")
    for name in names:
        change(model / name, auto_map=OWN_CODE)


OWN_CODE = {
    **dict.fromkeys(["AutoConfig", "AutoModel", "AutoModelForCausalLM"], "own.Own"),
    "AutoTokenizer": ["own.Own", "own.Own"],
}


def test_the_code_beside_a_model_that_needs_none_is_never_run_nor_passed_on(model: Path, tmp_path: Path) -> None:
    """As with Phi-3, whose files still name the code that came before transformers knew its kind."""
    with_code(model, tmp_path / "canary", "config.json", "tokenizer_config.json", "generation_config.json")
    catalog.check(model)
    base = load.base(model, "none", "fp32")
    base.model.save_pretrained(tmp_path / "out")
    base.tokenizer.save_pretrained(tmp_path / "out")
    assert not (tmp_path / "canary").exists()
    assert not [path for path in (tmp_path / "out").glob("*.json") if "auto_map" in path.read_text(encoding="utf-8")]


def test_a_kind_that_would_be_nothing_without_its_own_code_is_refused(model: Path, tmp_path: Path) -> None:
    with_code(model, tmp_path / "canary", "config.json")
    change(model / "config.json", model_type="own_kind")
    assert refusal(model) == "engine.wants_code"
    assert not (tmp_path / "canary").exists()


def test_a_tokenizer_that_would_be_nothing_without_its_own_code_is_refused(model: Path, tmp_path: Path) -> None:
    with_code(model, tmp_path / "canary", "tokenizer_config.json")
    change(model / "tokenizer_config.json", tokenizer_class="OwnTokenizer")
    (model / "tokenizer.json").unlink()
    (model / "vocab.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StudioError) as found:
        load.tokenizer(model)
    assert found.value.key == "engine.wants_code"
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "generation_config.json"])
def test_a_model_that_asks_to_be_trusted_with_code_is_refused(model: Path, name: str) -> None:
    change(model / name, **WANTS_CODE)
    assert refusal(model) == "engine.wants_code"


def test_a_wish_for_code_hidden_deep_in_the_config_is_found(model: Path) -> None:
    change(model / "config.json", vision_config={"inner": [WANTS_CODE]})
    assert refusal(model) == "engine.wants_code"


@pytest.mark.parametrize("kind", ["lightglue", "deepseek_v9", None, ["qwen3"], {"qwen3": 1}])
def test_an_unknown_kind_of_model_is_refused(model: Path, kind: Any) -> None:
    change(model / "config.json", model_type=kind)
    assert refusal(model) == "engine.unsupported_model"


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.pth", "model.ckpt", "weights.pkl"])
def test_pickled_weights_are_never_opened(model: Path, tmp_path: Path, name: str) -> None:
    (model / "model.safetensors").unlink()
    (model / name).write_bytes(pickle.dumps(Canary(tmp_path / "canary")))
    assert refusal(model) == "engine.no_safetensors"
    assert not (tmp_path / "canary").exists()


def test_a_pickle_that_calls_itself_safetensors_is_not_opened(model: Path, tmp_path: Path) -> None:
    (model / "model.safetensors").write_bytes(pickle.dumps(Canary(tmp_path / "canary")))
    assert refusal(model) == "engine.damaged"
    assert not (tmp_path / "canary").exists()


def test_a_pickle_beside_good_weights_changes_nothing(model: Path, tmp_path: Path) -> None:
    (model / "pytorch_model.bin").write_bytes(pickle.dumps(Canary(tmp_path / "canary")))
    load.base(model, "none", "fp32")
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("cut", [0, 4, 100, 3000, 100_000])
def test_weights_cut_short_are_refused(model: Path, cut: int) -> None:
    data = (model / "model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(data[:cut])
    assert refusal(model) == "engine.damaged"


def test_a_header_that_lies_about_its_length_is_refused(model: Path) -> None:
    data = (model / "model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(struct.pack("<Q", 2**62) + data[8:])
    assert refusal(model) == "engine.damaged"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "sub/model.safetensors", 7])
def test_an_index_cannot_name_files_outside_the_folder(model: Path, name: Any) -> None:
    index = {"weight_map": {"model.embed_tokens.weight": name}}
    (model / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    assert refusal(model) == "engine.damaged"


def test_an_adapter_is_not_taken_for_a_model(model: Path) -> None:
    (model / "adapter_config.json").write_text('{"base_model_name_or_path": "evil/model"}', encoding="utf-8")
    assert refusal(model) == "engine.is_adapter"
    (model / "config.json").unlink()  # as peft leaves it
    assert refusal(model) == "engine.is_adapter"


def test_a_model_that_was_quantised_before_is_refused(model: Path) -> None:
    change(model / "config.json", quantization_config={"quant_method": "gptq"})
    assert refusal(model) == "engine.already_quantised"


@pytest.mark.parametrize("config", ["", "[]", "{", '"qwen3"'])
def test_a_config_that_is_no_object_is_refused(model: Path, config: str) -> None:
    (model / "config.json").write_text(config, encoding="utf-8")
    assert refusal(model) == "engine.damaged"


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere") == "engine.no_such_folder"
    assert refusal(tmp_path) == "engine.no_config"


def test_the_card_tells_the_sizes(model_dir: Path) -> None:
    card = catalog.card(str(model_dir), model_dir)
    assert (card.hidden, card.layers, card.vocabulary, card.context) == (64, 2, 512, 256)
    assert card.source == "local" and card.cached
    assert card.parameters == sum(weight.numel() for weight in load.base(model_dir, "none", "fp32").model.parameters())


@pytest.mark.parametrize(
    ("config", "parameters"),
    [
        ({"model_type": "qwen3", "hidden_size": 1024, "num_hidden_layers": 28, "num_attention_heads": 16,
          "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 3072, "vocab_size": 151936,
          "max_position_embeddings": 40960, "tie_word_embeddings": True}, 596e6),
        ({"model_type": "qwen2", "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28,
          "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064,
          "max_position_embeddings": 32768, "tie_word_embeddings": False}, 7.615e9),
        ({"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "vocab_size": 50257,
          "n_positions": 1024}, 124e6),
    ],
)  # fmt: skip
def test_the_size_of_a_model_at_a_hub_is_reckoned_from_its_config(config: dict[str, Any], parameters: float) -> None:
    assert catalog.card_from_config("maker/model", config).parameters == pytest.approx(parameters, rel=0.02)


@pytest.mark.parametrize(
    ("model", "source"),
    [("starter", "starter"), ("Qwen/Qwen3-0.6B", "hub"), ("./model", "local"), ("~/model", "local"),
     ("/models/a", "local"), (r"C:\models\a", "local"), ("D:/models/a", "local")],
)  # fmt: skip
def test_a_models_name_says_where_it_is(model: str, source: str) -> None:
    assert catalog.source_of(model) == source


@pytest.mark.parametrize("model", ["qwen", "a/b/c", "a/../b", "a b/c", "a/b;rm", "a/..", "", "好/坏"])
def test_a_name_that_no_hub_could_have_never_becomes_a_path(model: str, tmp_path: Path) -> None:
    with pytest.raises(StudioError) as found:
        catalog.folder_of(model, tmp_path)
    assert found.value.key == "engine.not_an_id"


def test_nobody_elses_path_is_shown() -> None:
    assert catalog.public_name("/home/someone/models/mine") == "mine"
    assert catalog.public_name("Qwen/Qwen3-0.6B") == "Qwen/Qwen3-0.6B"
