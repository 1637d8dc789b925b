"""A kind of model that no table names is tried on a small copy, and taught or refused by what it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from studio import commit
from studio.contract import never
from studio.engine import catalog, hub, kinds, methods, selftest
from studio.engine.heads import branches
from studio.engine.train import train
from studio.errors import StudioError
from studio.events import Finished
from studio.methods import METHODS
from studio.words import LANGS
from tests.engine.conftest import Jobs, change, make_tokenizer
from tests.engine.running import facts

# Kinds that are in no table, each with what its own defaults leave out of a whole model's settings.
UNLISTED: dict[str, dict[str, Any]] = {
    "bloom": {}, "cohere2": {}, "deepseek_v3": {}, "ernie4_5": {}, "ernie4_5_moe": {}, "glm": {}, "glm4": {},
    "gpt_oss": {}, "granite": {"logits_scaling": 8.0}, "hunyuan_v1_dense": {"head_dim": 128},
    "hunyuan_v1_moe": {"head_dim": 128, "num_experts": 8, "moe_topk": 2, "moe_intermediate_size": 128},
    "internlm3": {}, "lfm2": {}, "mixtral": {}, "olmo3": {}, "opt": {}, "qwen3_5_text": {}, "qwen3_moe": {},
    "qwen3_next": {},
}  # fmt: skip


def settings(kind: str, **further: Any) -> dict[str, Any]:
    """A whole model's config.json."""
    from transformers import AutoConfig

    return dict(AutoConfig.for_model(kind, **{**UNLISTED.get(kind, {}), **further}).to_dict())


@pytest.mark.parametrize("kind", UNLISTED)
def test_a_kind_that_no_table_names_can_be_taught(kind: str) -> None:
    assert kind not in catalog.HEAD_OF
    assert selftest.run(settings(kind)) == ""


def test_labels_are_learned_on_such_a_kind_whose_tree_is_tried_amid_the_run(tmp_path: Path) -> None:
    selftest.copy_of(settings("glm4")).model.save_pretrained(tmp_path / "base")
    make_tokenizer().save_pretrained(tmp_path / "base")
    job = Jobs(tmp_path, tmp_path / "base").make("classify", epochs=1, evaluations=1)
    train(job, never)
    assert facts(job, Finished)


@pytest.mark.parametrize("kind", ["llama", "phi3", "gemma3_text", "gpt2"])
def test_a_small_copy_is_small_and_of_the_same_build(kind: str) -> None:
    small = selftest.copy_of(settings(kind)).model
    assert small.config.model_type == kind
    assert sum(weight.numel() for weight in small.parameters()) < 1e6
    assert selftest.run(settings(kind)) == "" and branches.grows(settings(kind))


@pytest.mark.parametrize(
    ("kind", "method", "what"),
    [
        ("minicpm3", "lora", "loss"),  # it divides its states before its head
        ("mpt", "lora", "opens"),  # its forward takes no labels of our kind of call
        ("ernie4_5_moe", "full", "adapter"),  # a weight of its router gets no gradient
        ("qwen3_5_text", "full", "answers"),  # its layers keep a state that two models beside each other would share
        ("deepseek_v3", "prefix", "adapter"),  # its keys and values are one thin vector
    ],
)
def test_what_a_kind_fails_at_is_found(kind: str, method: str, what: str) -> None:
    assert selftest.run(settings(kind), method) == what


def test_a_way_that_fails_for_such_a_kind_is_refused_with_one_that_does_not(tmp_path: Path) -> None:
    job = Jobs(tmp_path, saved(tmp_path / "base", "deepseek_v3")).make("chat", method="prefix")
    with pytest.raises(StudioError) as refusal:
        methods.check(job.config, job.model_dir)
    assert refusal.value.key == "engine.not_for_this_model"
    assert all("deepseek_v3" in refusal.value.say(lang) and "LoRA" in refusal.value.say(lang) for lang in LANGS)


@pytest.mark.parametrize("method", METHODS)
def test_a_mixture_learns_in_every_way(method: str) -> None:
    assert selftest.run(settings("mixtral"), method) == ""


def test_labels_are_scored_as_a_tree_only_where_that_is_right() -> None:
    assert branches.grows(settings("glm4")) and not branches.grows(settings("bloom"))


def saved(folder: Path, kind: str) -> Path:
    """A tiny model of a kind, as a hub would give it."""
    selftest.copy_of(settings(kind)).model.save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    return folder


@pytest.mark.usefixtures("warm_children")
def test_a_folder_of_such_a_kind_is_admitted_and_one_that_fails_is_refused_with_the_nearest(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    assert hub.model_card(str(saved(tmp_path / "glm4", "glm4")), models).head == "causal"
    folder = saved(tmp_path / "minicpm3", "minicpm3")
    for ask in (hub.model_card, hub.fetch):
        with pytest.raises(StudioError) as refusal:
            ask(str(folder), models)
        assert refusal.value.key == "engine.kind_fails"
        assert all("minicpm3" in refusal.value.say(lang) and "qwen3" in refusal.value.say(lang) for lang in LANGS)


@pytest.mark.usefixtures("warm_children")
def test_what_was_found_is_remembered_by_kind_settings_and_version(tmp_path: Path) -> None:
    config = settings("glm4")
    kinds.admit(config, tmp_path)
    (place,) = (tmp_path / kinds.FOLDER).iterdir()
    assert place.name.startswith("glm4-") and commit.facts_of(place)["fails"] == ""
    with commit.committed(place, fails="loss"):
        pass
    with pytest.raises(StudioError) as refusal:
        kinds.admit(config, tmp_path)
    assert refusal.value.key == "engine.kind_fails"
    kinds.admit(settings("glm4", partial_rotary_factor=1.0), tmp_path)  # other settings are tried anew


@pytest.mark.parametrize("width", [10**8, 10**12])
def test_settings_of_any_size_take_no_memory_of_ours(tmp_path: Path, width: int) -> None:
    """A width that no table of sizes knows would be gigabytes here; it is a process of its own that fails at it."""
    before = psutil.Process().memory_info().rss
    with pytest.raises(StudioError) as refusal:
        kinds.admit(settings("qwen3_next", linear_conv_kernel_dim=width), tmp_path)
    assert refusal.value.key == "engine.kind_fails"
    assert psutil.Process().memory_info().rss - before < 2**28


def test_the_kind_that_is_called_alike_is_named() -> None:
    assert catalog.nearest("gemma3") == "gemma3_text" and catalog.nearest("mistral3") == "mistral"
    assert catalog.nearest("zzz") == "qwen3"


@pytest.mark.parametrize("kind", ["gemma3", "bert-generation", "mbart", "nonsense"])
def test_what_is_no_model_that_goes_on_with_a_text_alone_is_refused(model: Path, kind: str) -> None:
    change(model / "config.json", model_type=kind)
    with pytest.raises(StudioError) as refusal:
        catalog.check(model)
    assert refusal.value.key == "engine.unsupported_model"
    assert all(kind in refusal.value.say(lang) and catalog.nearest(kind) in refusal.value.say(lang) for lang in LANGS)


def test_of_a_model_that_sees_pictures_the_part_that_reads_and_writes_is_taught(tmp_path: Path) -> None:
    """Qwen3.5's files hold both; transformers opens the one by the other's settings."""
    from transformers import AutoModelForCausalLM

    words = selftest.copy_of(settings("qwen3_5_text")).model
    words.save_pretrained(tmp_path / "both")
    inner = json.loads((tmp_path / "both" / "config.json").read_text(encoding="utf-8"))
    whole = {"model_type": "qwen3_5", "architectures": ["Qwen3_5ForConditionalGeneration"], "text_config": inner}
    (tmp_path / "both" / "config.json").write_text(json.dumps(whole), encoding="utf-8")
    config = catalog.check(tmp_path / "both")
    assert config["model_type"] == "qwen3_5_text" and catalog.Shape.of(config).hidden == inner["hidden_size"]
    opened = AutoModelForCausalLM.from_pretrained(tmp_path / "both").eval()
    ids = torch.tensor([[5, 6, 7]])
    assert torch.equal(opened(ids).logits, words(ids).logits)
