"""Every way of teaching learns, goes on where it was stopped, leaves the base as it was, goes home as it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from studio.contract import Job, Sampling, never
from studio.data.schema import Message
from studio.engine import TorchEngine, generate, load, methods
from studio.engine.batches import collate
from studio.engine.export import merged
from studio.engine.loss import logits
from studio.engine.session import open_model
from studio.engine.train import train
from studio.errors import StudioError
from studio.events import Evaluated, Finished, Started
from studio.words import LANGS
from tests.engine.architectures import tiny
from tests.engine.conftest import Jobs, make_tokenizer
from tests.engine.running import After, adapter, facts, losses
from tests.engine.test_loss import ROWS

pytestmark = pytest.mark.usefixtures("patient")

SHORT = Sampling(max_new_tokens=8)
LORA: dict[str, dict[str, Any]] = {
    "lora of two": {"target_modules": "q_proj,v_proj"},
    "rslora": {"rslora": True},
    "dora": {"dora": True},
    "dora in 4 bits": {"method": "qlora", "dora": True},
    "lora+": {"lora_plus": 8.0},
    "pissa": {"init_weights": "pissa"},
    "pissa with rslora and dora": {"init_weights": "pissa", "rslora": True, "dora": True},
}
OWN: dict[str, dict[str, Any]] = {
    "full": {"method": "full", "learning_rate": 2e-3},
    "freeze": {"method": "freeze", "layers": 1, "learning_rate": 1e-2},
    "freeze with head": {"method": "freeze", "layers": 1, "train_head": True, "learning_rate": 1e-2},
}
AHEAD: dict[str, dict[str, Any]] = {
    "prefix": {"method": "prefix", "virtual_tokens": 6, "learning_rate": 5e-2},
    "prompt": {"method": "prompt", "virtual_tokens": 6, "learning_rate": 5e-2},
    "ptuning": {"method": "ptuning", "virtual_tokens": 6, "learning_rate": 2e-2},
}
IA3: dict[str, dict[str, Any]] = {"ia3": {"method": "ia3", "learning_rate": 5e-2}}
WAYS = {**LORA, **OWN, **IA3, **AHEAD}
MERGED = {**LORA, **OWN, **IA3}
ALONE = {*LORA, *IA3, *AHEAD} - {"dora in 4 bits"}  # what is learned beside 4 bits fits these only


@pytest.fixture(scope="module", params=["qwen3", "gpt2"])
def shape(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Jobs:
    """Jobs on a tiny model of each shape."""
    root = tmp_path_factory.mktemp(request.param)
    tiny(request.param).save_pretrained(root / "base")
    make_tokenizer().save_pretrained(root / "base")
    return Jobs(root, root / "base")


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def job(shape: Jobs, way: str) -> Job:
    """A short run of each way on each shape."""
    changes = {"epochs": 8, "evaluations": 1, "learning_rate": 2e-2, "max_length": 96, **WAYS[way]}
    if "target_modules" in changes and shape.root.name.startswith("gpt2"):
        changes["target_modules"] = "c_attn"
    made = shape.make("chat", way.replace(" ", "-"), **changes)
    train(made, never)
    return made


def test_every_way_learns(job: Job, way: str) -> None:
    first, last = facts(job, Evaluated)
    assert last.loss < (0.93 if way in {**LORA, **OWN} else 0.99) * first.loss  # a random model heeds few tokens little


@pytest.mark.parametrize("name", WAYS)
def test_every_way_goes_on_where_it_was_stopped(jobs: Jobs, name: str) -> None:
    changes = {"epochs": 5, "rehearsal": 0.5, "embedding_noise": 0.3, **WAYS[name]}
    whole, parts = (jobs.make("chat", run, **changes) for run in ("run-a", "run-b"))
    train(whole, never)
    train(parts, After(3))
    train(parts, never)
    assert [started.step for started in facts(parts, Started)] == [0, 2]
    assert losses(parts) == losses(whole) and adapter(parts) == adapter(whole)
    assert facts(parts, Finished)[0].best_step == facts(whole, Finished)[0].best_step


def test_the_base_beside_it_is_untouched_to_the_last_bit(job: Job) -> None:
    tuned = open_model(job)
    untouched = load.base(job.model_dir, tuned.quantise, "fp32")
    batch = collate(ROWS, 0)
    with torch.inference_mode():
        with generate.lanes(tuned, [generate.BASE] * len(ROWS)):
            beside = logits(tuned, batch)
        assert torch.equal(beside, logits(untouched, batch))
        assert not torch.allclose(beside, logits(tuned, batch), atol=1e-3)


def test_base_and_tuned_model_answer_in_one_go_as_each_alone(job: Job) -> None:
    tuned = open_model(job)
    untouched = load.base(job.model_dir, tuned.quantise, "fp32")
    asked = merged.prompts(job, tuned)[:2]
    names = [generate.BASE, generate.TUNED] * 2
    answers = generate.generate(tuned, [asked[0], asked[0], asked[1], asked[1]], names, SHORT)
    for place, prompt in enumerate(asked):
        (base,) = generate.generate(untouched, [prompt], [generate.TUNED], SHORT)
        (own,) = generate.generate(tuned, [prompt], [generate.TUNED], SHORT)
        assert answers[2 * place : 2 * place + 2] == [base, own]


def test_what_was_learned_is_merged_into_a_plain_model_with_the_same_answers(
    job: Job, way: str, tmp_path: Path
) -> None:
    if way not in MERGED:
        refused_home(job, "merged", tmp_path / "out", "engine.cannot_be_merged", "adapter")
        return
    told = TorchEngine().export(job, "merged", tmp_path / "out")
    assert told.verified and told.max_difference < 1e-2
    same(AutoModelForCausalLM.from_pretrained(tmp_path / "out"), job)


def test_the_adapter_opens_by_peft_with_the_same_answers(job: Job, way: str, tmp_path: Path) -> None:
    if way in OWN:
        refused_home(job, "adapter", tmp_path / "out", "engine.not_alone", "merged")
    if way not in ALONE:
        return
    assert TorchEngine().export(job, "adapter", tmp_path / "out").verified
    plain = AutoModelForCausalLM.from_pretrained(job.model_dir)
    same(PeftModel.from_pretrained(plain, tmp_path / "out").eval(), job)


def refused_home(job: Job, format: str, out: Path, key: str, instead: str) -> None:
    """With a sentence that names the format that can be had."""
    with pytest.raises(StudioError) as refusal:
        TorchEngine().export(job, format, out)
    assert refusal.value.key == key and instead in refusal.value.say("zh") and not out.exists()


def same(plain: Any, job: Job) -> None:
    tuned = open_model(job)
    for row in merged.prompts(job, tuned)[:2]:
        with torch.no_grad():
            found = plain(torch.tensor([row])).logits[0, -len(row) :]
        first, *rest = row
        torch.testing.assert_close(found, tuned.head.replay(tuned, (first,), tuple(rest)), rtol=1e-3, atol=1e-3)


def refused(jobs: Jobs, **changes: Any) -> StudioError:
    job = jobs.make("chat", **changes)
    with pytest.raises(StudioError) as refusal:
        TorchEngine().check(job.config, job.model_dir)
    with pytest.raises(StudioError) as again:
        train(job, never)
    assert again.value.key == refusal.value.key and not facts(job, Started)
    return refusal.value


def test_layers_that_the_model_does_not_have_are_named_with_those_that_it_has(shape: Jobs) -> None:
    error = refused(shape, target_modules="q_proj, qq_proj")
    assert error.key == "engine.no_such_layer" and "qq_proj" in str(error.details["names"])
    there = {name.rpartition(".")[2] for name, layer in tiny_of(shape).named_modules() if kind_of(layer) == "linear"}
    assert set(str(error.details["there"]).split(", ")) == there - {"lm_head"}


def tiny_of(jobs: Jobs) -> Any:
    return AutoModelForCausalLM.from_pretrained(jobs.model_dir)


def kind_of(layer: Any) -> str:
    return "linear" if type(layer).__name__ in ("Linear", "Conv1D") else ""


@pytest.mark.parametrize("changes", [{"method": "qlora"}, {"weight_decay": 0.1}], ids=str)
def test_pissa_is_refused_with_a_reason_where_it_cannot_begin(jobs: Jobs, changes: dict[str, Any]) -> None:
    assert refused(jobs, init_weights="pissa", **changes).key == "engine.pissa_alone"


def test_pissa_is_what_peft_s_own_pissa_is(jobs: Jobs) -> None:
    """The same loss and, for the half that learns, the same gradients as beside weights that were lessened."""
    from peft import LoraConfig, get_peft_model

    from studio.engine import adapters

    job = jobs.make("chat", init_weights="pissa")
    ours = methods.attach(load.base(job.model_dir, "none", "fp32"), job.config)
    torch.manual_seed(job.config.seed)
    theirs = load.base(job.model_dir, "none", "fp32")
    lora = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", init_lora_weights="pissa", task_type="CAUSAL_LM")
    get_peft_model(theirs.model, lora)
    from studio.engine.loss import losses as token_losses

    found = {}
    for name, base in (("ours", ours), ("theirs", theirs)):
        base.model.train()
        loss = token_losses(base, collate(ROWS, 0)).mean()
        loss.backward()
        found[name] = (loss.item(), {key: weight.grad for key, weight in adapters.parameters(base).items()})
    assert found["ours"][0] == pytest.approx(found["theirs"][0], rel=1e-4)
    for name, grad in found["ours"][1].items():
        half = grad[:8] if ".lora_A." in name else grad[:, :8]
        rest = grad[8:] if ".lora_A." in name else grad[:, 8:]
        assert not rest.any()
        wanted = found["theirs"][1][name]
        assert half.norm() == pytest.approx(float(wanted.norm()), rel=0.1)  # singular vectors but for their signs


def test_pissa_may_have_more_rank_than_a_layer(jobs: Jobs) -> None:
    job = jobs.make("chat", init_weights="pissa", rank=100)
    tuned, batch = methods.attach(load.base(job.model_dir, "none", "fp32"), job.config), collate(ROWS, 0)
    with torch.no_grad():
        untouched = logits(load.base(job.model_dir, "none", "fp32"), batch)
        torch.testing.assert_close(logits(tuned, batch), untouched, rtol=1e-3, atol=1e-3)


def test_with_lora_plus_b_learns_so_many_times_as_fast(jobs: Jobs) -> None:
    from studio.engine.learner import Learner
    from studio.engine.train import learnable

    moved = {}
    for times in (1.0, 8.0):
        job = jobs.make("chat", f"run-{times}", lora_plus=times)
        learner = Learner(load.base(job.model_dir, "none", "fp32"), learnable(job), job.config)
        before = {name: weight.detach().clone() for name, weight in learner.parameters.items()}
        learner.step(1, 1e-4)
        moved[times] = {
            name: (weight.detach() - before[name]).abs().max() for name, weight in learner.parameters.items()
        }
    for name, far in moved[8.0].items():
        assert far == pytest.approx(float(moved[1.0][name]) * (8 if ".lora_B." in name else 1), rel=1e-3)


def test_session_answers_for_every_task(jobs: Jobs) -> None:
    job = jobs.make("classify", epochs=1, dora=True)
    train(job, never)
    session = TorchEngine().open(job)
    (one,) = session.classify([[Message("user", "很好喝")]], True)
    assert one.answer in job.splits.labels
    session.close()


@pytest.mark.parametrize(
    ("changes", "key", "least"),
    [
        ({"method": "freeze", "layers": 3}, "engine.too_many_layers", 2),
        ({"method": "prefix", "virtual_tokens": 200}, "engine.too_many_ahead", 128),
        ({"method": "full", "precision": "bf16"}, "engine.own_weights_need_fp32", ""),
    ],
)
def test_what_cannot_begin_is_said_with_what_can(jobs: Jobs, changes: dict[str, Any], key: str, least: object) -> None:
    error = refused(jobs, **changes)
    assert error.key == key and all(str(least) in error.say(lang) for lang in LANGS)


def test_rows_are_read_as_far_as_the_virtual_tokens_leave_room(jobs: Jobs) -> None:
    """The tiny model reads 256 tokens."""
    plain, ahead = (jobs.make("chat", method=method, max_length=300) for method in ("lora", "prompt"))
    assert plain.config.reads(256) == 256 and ahead.config.reads(256) == 236
    assert methods.attach(load.base(ahead.model_dir, "none", "fp32"), ahead.config).context == 236
