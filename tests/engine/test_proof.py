"""A healthy merge is never refused, however deep the model and coarse its numbers; a wrong one always is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from studio.config import RunConfig
from studio.contract import never
from studio.engine import TorchEngine, adapters, load, methods, proof
from studio.engine.device import Precision
from studio.engine.load import Base
from studio.engine.methods import lora
from studio.errors import StudioError
from studio.methods import METHODS
from tests.engine.architectures import CAUSAL, GPT2, tiny
from tests.engine.conftest import Jobs, make_tokenizer

CONFIG = RunConfig.of({"task": "chat", "dataset": "d", "dataset_version": 1, "rank": 4, "alpha": 8})
PROMPTS = [(10, 11, 12, 13), (20, 21, 22)]
Tensors = dict[str, torch.Tensor]


def tuned(folder: Path, method: str, precision: Precision, size: float) -> Base:
    """The model in `folder` with an adapter whose weights are random and always the same."""
    found = methods.attach(load.base(folder, METHODS[method].quantise, precision), CONFIG)
    draw = torch.Generator().manual_seed(5)
    state = {name: size * torch.randn(weight.shape, generator=draw) for name, weight in adapters.weights(found).items()}
    adapters.put(found, state)
    found.model.requires_grad_(False).eval()
    return found


def logits(base: Base) -> torch.Tensor:
    """Those of the first prompt, from its first token on."""
    first, *rest = PROMPTS[0]
    return base.head.replay(base, (first,), tuple(rest))


def saved(model: Any, folder: Path) -> Path:
    model.save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    return folder


def taken_home(base: Base, folder: Path) -> Path:
    merged = lora.merge(base)
    merged.model.save_pretrained(folder)
    merged.tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(("method", "precision"), [("lora", "fp32"), ("qlora", "bf16")])
@pytest.mark.parametrize("kind", CAUSAL)
def test_a_healthy_merge_of_every_architecture_is_proved(
    kind: str, precision: Precision, method: str, tmp_path: Path
) -> None:
    base = saved(tiny(kind), tmp_path / "base")
    trained = tuned(base, method, precision, 0.1)
    wanted = proof.answers(trained, PROMPTS)
    out = taken_home(trained, tmp_path / "out")
    assert proof.same_weights(tuned(base, method, precision, 0.1), out) > 10
    proof.same_answers(wanted, load.base(out, "none", precision))


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty layers, as SmolLM2-135M has; in bf16 their rounding adds up to some per cent of the logits."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=512, hidden_size=48, intermediate_size=96, num_hidden_layers=30, num_attention_heads=3,
        num_key_value_heads=1, max_position_embeddings=128, initializer_range=0.1, tie_word_embeddings=True,
        bos_token_id=None, eos_token_id=2, pad_token_id=0,
    )  # fmt: skip
    return saved(LlamaForCausalLM(config), tmp_path_factory.mktemp("models") / "deep")


@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_a_healthy_merge_of_thirty_layers_in_bf16_is_never_refused(deep: Path, method: str, tmp_path: Path) -> None:
    trained = tuned(deep, method, "bf16", 0.1)
    wanted = proof.answers(trained, PROMPTS)
    out = taken_home(trained, tmp_path / "out")
    assert proof.same_weights(tuned(deep, method, "bf16", 0.1), out) == 272
    proof.same_answers(wanted, load.base(out, "none", "bf16"))


def layer_skipped(found: Tensors, base: Tensors) -> str:
    name = "model.layers.17.self_attn.o_proj.weight"
    found[name] = base[name]
    return name


def scaled(found: Tensors, base: Tensors) -> str:
    name = "model.layers.3.mlp.up_proj.weight"
    found[name] = (base[name].double() + 1.01 * (found[name].double() - base[name].double())).to(found[name].dtype)
    return name


def whole_layer_scaled(found: Tensors, base: Tensors) -> str:
    name = "model.layers.3.mlp.up_proj.weight"
    found[name] = found[name] * 1.01
    return name


def transposed(found: Tensors, base: Tensors) -> str:
    name = "model.layers.0.self_attn.q_proj.weight"
    found[name] = found[name].T.contiguous()
    return name


def difference_transposed(found: Tensors, base: Tensors) -> str:
    name = "model.layers.0.self_attn.q_proj.weight"
    found[name] = base[name] + (found[name] - base[name]).T
    return name


def untouched_changed(found: Tensors, base: Tensors) -> str:
    found["model.layers.9.input_layernorm.weight"][4] *= 1.01
    return "model.layers.9.input_layernorm.weight"


def one_weight_off(found: Tensors, base: Tensors) -> str:
    found["model.layers.29.mlp.down_proj.weight"][1, 2] += 0.01
    return "model.layers.29.mlp.down_proj.weight"


def no_number(found: Tensors, base: Tensors) -> str:
    found["model.layers.29.mlp.down_proj.weight"][1, 2] = float("nan")
    return "model.layers.29.mlp.down_proj.weight"


def left_out(found: Tensors, base: Tensors) -> str:
    del found["model.layers.29.mlp.down_proj.weight"]
    return "model.layers.29.mlp.down_proj.weight"


def table_rounded(found: Tensors, base: Tensors) -> str:
    found["model.embed_tokens.weight"] = found["model.embed_tokens.weight"].half()
    return "model.embed_tokens.weight"


def layer_rounded(found: Tensors, base: Tensors) -> str:
    found["model.layers.2.mlp.up_proj.weight"] = found["model.layers.2.mlp.up_proj.weight"].half()
    return "model.layers.2.mlp.up_proj.weight"


FAULTS = [
    layer_skipped, scaled, whole_layer_scaled, transposed, difference_transposed, untouched_changed, one_weight_off,
    no_number, left_out, table_rounded, layer_rounded,
]  # fmt: skip


@dataclass(frozen=True)
class Merge:
    trained: Base
    base: Tensors
    folder: Path


@pytest.fixture(scope="module", params=["fp32", "bf16"])
def merge(request: pytest.FixtureRequest, deep: Path, tmp_path_factory: pytest.TempPathFactory) -> Merge:
    """A healthy one, to be spoiled."""
    out = taken_home(tuned(deep, "lora", request.param, 0.1), tmp_path_factory.mktemp("merged") / request.param)
    trained = tuned(deep, "lora", request.param, 0.1)
    base = {name: weight.to(trained.model.dtype) for name, weight in load_file(deep / "model.safetensors").items()}
    return Merge(trained, base, out)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_merge_is_refused_and_its_weight_named(
    merge: Merge, fault: Callable[[Tensors, Tensors], str], tmp_path: Path
) -> None:
    found = load_file(merge.folder / "model.safetensors")
    name = fault(found, merge.base)
    save_file(found, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(StudioError) as refusal:
        proof.same_weights(merge.trained, tmp_path)
    assert refusal.value.key == "engine.export_differs"
    assert refusal.value.details["where"] == name


def test_right_weights_in_a_model_that_reads_them_otherwise_are_refused(model_dir: Path, tmp_path: Path) -> None:
    base = tuned(model_dir, "lora", "fp32", 0.3)
    (wanted,) = proof.answers(base, PROMPTS[:1])
    sure = replace(wanted, logits=wanted.logits * 100)  # a model that doubts nothing
    proof.same_answers([sure], base)
    other = replace(base, model=tiny("qwen3"))
    with pytest.raises(StudioError) as refusal:
        proof.same_answers([sure], replace(other, peft=None))
    assert refusal.value.key == "engine.export_differs"


@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_gpt2_learns_and_goes_home_by_every_way(method: str, tmp_path: Path) -> None:
    """Its layers keep their weights the other way round: Conv1D, which 4 bits turn into ordinary ones."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = saved(tiny("gpt2"), tmp_path / "base")
    job = Jobs(tmp_path, base).make("chat", method=method, epochs=10, learning_rate=1e-2, evaluations=1, max_length=64)
    engine = TorchEngine()
    engine.train(job, never)
    assert engine.export(job, "merged", tmp_path / "whole").verified
    assert engine.export(job, "adapter", tmp_path / "adapter").verified
    if method == "lora":  # in 4 bits the adapter fits the 4-bit base only
        whole = load.base(tmp_path / "whole", "none", "fp32")
        beside = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), tmp_path / "adapter").eval()
        with torch.no_grad():
            found = beside(torch.tensor([PROMPTS[0]])).logits[0]
        torch.testing.assert_close(found, logits(whole), rtol=1e-4, atol=1e-4)


def test_a_square_layer_of_gpt2_in_four_bits_is_merged_the_right_way_round(tmp_path: Path) -> None:
    """Its c_proj is square, so that a weight that lies the wrong way round fits all the same."""
    assert GPT2["n_embd"] == 32
    base = saved(tiny("gpt2"), tmp_path / "base")
    trained = tuned(base, "qlora", "fp32", 0.1)
    wanted = logits(trained)
    out = taken_home(trained, tmp_path / "out")
    shutil.copytree(out, tmp_path / "elsewhere")
    found = logits(load.base(tmp_path / "elsewhere", "none", "fp32"))
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)
