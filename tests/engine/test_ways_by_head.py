"""Every way of teaching that goes with a classifier or with a model that reads and then writes fits each kind of them.

What of it is the same for all heads is in `test_every_kind` and `test_ways`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel, PrefixTuningConfig, get_peft_model
from transformers import AutoModelForSeq2SeqLM, AutoModelForSequenceClassification, AutoTokenizer

from studio.contract import Sampling, never
from studio.data import asking
from studio.engine import TorchEngine, adapters, catalog, generate, load, methods
from studio.engine.load import Base
from studio.engine.loss import logits, losses
from studio.engine.session import open_model
from studio.engine.train import train
from studio.errors import StudioError
from studio.events import Evaluated, Started
from studio.methods import METHODS, refusal
from studio.words import LANGS
from tests.engine import encoders, pairs
from tests.engine.architectures import SEQ2SEQ, SEQUENCE
from tests.engine.conftest import Jobs, splits
from tests.engine.running import After, adapter, facts
from tests.engine.running import losses as losses_of

pytestmark = pytest.mark.usefixtures("patient")

LABELS = ("好评", "差评")
OWN: dict[str, dict[str, Any]] = {"freeze": {"layers": 1}, "ia3": {}}
AHEAD = dict.fromkeys(("prefix", "prompt", "ptuning"), {"virtual_tokens": 5})
WAYS = {**OWN, **AHEAD}
KINDS = [*SEQUENCE, *SEQ2SEQ]
CASES = [
    (kind, method) for kind in KINDS for method in WAYS if not refusal(method, catalog.head_of(kind), kind)
]  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny model of every kind."""
    root = tmp_path_factory.mktemp("kinds")
    made = {kind: encoders.save(root / kind, encoders.masked(kind)) for kind in SEQUENCE}
    return made | {kind: pairs.save(root / kind, kind) for kind in SEQ2SEQ}


def opened(folder: Path) -> Base:
    return load.base(folder, "none", "fp32", LABELS)


def taught(folder: Path, method: str, tmp_path: Path) -> Base:
    """One that has learned something at random."""
    config = Jobs(tmp_path, folder).make("classify", method=method, **WAYS.get(method, {})).config
    found = methods.attach(opened(folder), config)
    draw = torch.Generator().manual_seed(5)
    state = adapters.weights(found)
    adapters.put(found, {name: one + torch.randn(one.shape, generator=draw) / 5 for name, one in state.items()})
    return found


def batch_of(base: Base) -> Any:
    words = base.head.encoder.of(base.tokenizer, splits("classify"), 60)
    rows = [row for example in splits("classify").train[:3] if (row := words.encode(example))]
    return base.head.collate(base, rows)


@pytest.mark.parametrize(("kind", "method"), CASES)
def test_what_learns_learns_alone_and_the_base_lane_is_the_untouched_model(
    kind: str, method: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    base, untouched = taught(folders[kind], method, tmp_path), opened(folders[kind])
    batch = batch_of(base)
    losses(base, batch).sum().backward()
    learned = adapters.parameters(base)
    assert learned and all(weight.grad is not None and bool(weight.grad.any()) for weight in learned.values())
    assert all(weight.grad is None for name, weight in base.model.named_parameters() if name not in learned)
    with torch.inference_mode():
        tuned, rows = logits(base, batch), len(batch.ids)
        with generate.lanes(
            base, [generate.BASE] * rows
        ):  # a product of so few rows rounds as its weight lies in memory
            torch.testing.assert_close(logits(base, batch), logits(untouched, batch), rtol=1e-5, atol=1e-6)
        with generate.lanes(base, [generate.TUNED] * rows):
            torch.testing.assert_close(logits(base, batch), tuned)
        assert not torch.allclose(tuned, logits(untouched, batch), atol=1e-2)


def outside(base: Base, folder: Path, out: Path, merges: bool) -> Any:
    """What plain transformers, or peft beside the untouched model, opens of it."""
    auto = AutoModelForSequenceClassification if base.whole else AutoModelForSeq2SeqLM
    names = {"num_labels": len(LABELS), "ignore_mismatched_sizes": True} if base.whole else {}
    if merges:
        methods.room(base.method).merge(base).model.save_pretrained(out)
        return auto.from_pretrained(out).eval()
    adapters.save(base, adapters.weights(base), out, step=1)
    return PeftModel.from_pretrained(auto.from_pretrained(folder, **names), out).eval()


@pytest.mark.parametrize(("kind", "method"), CASES)
def test_outside_the_studio_it_answers_the_same(
    kind: str, method: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    base = taught(folders[kind], method, tmp_path)
    batch = batch_of(base)
    with torch.inference_mode():
        wanted = logits(base, batch)
        for merges in sorted({METHODS[method].merges, not METHODS[method].alone}):  # merging takes the model
            plain = outside(base, folders[kind], tmp_path / f"out-{merges}", merges)
            found = plain(input_ids=batch.ids, **batch.inputs).logits
            found = found if base.whole else found.flatten(0, 1)[batch.scored]
            torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-3)


SPOKEN = [case for case in CASES if case[0] in SEQ2SEQ] + [("bart", "full"), ("t5", "full")]


@pytest.mark.parametrize(("kind", "method"), SPOKEN)
def test_base_and_tuned_model_answer_side_by_side_as_each_alone(
    kind: str, method: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    base, untouched, short = taught(folders[kind], method, tmp_path), opened(folders[kind]), Sampling(max_new_tokens=6)
    words = base.head.encoder.of(base.tokenizer, splits("chat"), 60)
    prompts = [words.prompt(example.text) for example in splits("chat").train[:3]]
    mixed = generate.generate(base, prompts * 2, [generate.BASE] * 3 + [generate.TUNED] * 3, short)
    for place, prompt in enumerate(prompts):
        assert mixed[place] == generate.generate(untouched, [prompt], [generate.TUNED], short)[0]
        assert mixed[3 + place] == generate.generate(base, [prompt], [generate.TUNED], short)[0]


RUNS = [(kind, method) for kind, method in CASES if kind in ("bert", "t5", "bart")]
RATES = {"freeze": 5e-3, "ptuning": 1.5e-2}  # of the others 5e-2


@pytest.mark.parametrize(("kind", "method"), RUNS)
def test_it_learns_goes_on_where_it_was_stopped_is_asked_and_goes_home(
    kind: str, method: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    given = {"method": method, "epochs": 6, "evaluations": 1, "learning_rate": RATES.get(method, 5e-2), **WAYS[method]}
    known = splits("classify")
    rows = replace(known, validation=(*known.train[:2], *known.train[-2:]))  # a random model owes nothing about others
    jobs = Jobs(tmp_path, folders[kind])
    whole, parts = (jobs.make("classify", name, rows, max_length=60, **given) for name in "ab")
    train(whole, never)
    train(parts, After(8))
    train(parts, never)
    assert [started.step for started in facts(parts, Started)] == [0, 7]
    assert losses_of(parts) == losses_of(whole) and adapter(parts) == adapter(whole)
    before, *_, after = facts(whole, Evaluated)
    assert after.loss < before.loss

    session, asked = TorchEngine().open(whole), [asking.of(row) for row in whole.splits.test]
    tuned, untaught = (session.classify(asked, on) for on in (True, False))
    assert {one.answer for one in tuned} <= set(LABELS) and tuned != untaught
    told = TorchEngine().export(whole, "merged" if METHODS[method].merges else "adapter", tmp_path / "home")
    assert told.verified
    length = AutoTokenizer.from_pretrained(tmp_path / "home").model_max_length
    assert METHODS[method].merges or length == open_model(whole).context  # room for those that stand ahead


def test_of_a_classifier_the_top_layers_learn_with_all_that_stands_behind_them(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    """As a head alone learns in the first lesson that people take with BERT, and its last layers in the second."""
    jobs = Jobs(tmp_path, folders["bert"])
    for layers, wanted in ((0, set()), (1, {"bert.encoder.layer.1."})):
        base = methods.attach(opened(folders["bert"]), jobs.make(method="freeze", layers=layers).config)
        learned = {name for name, _ in base.model.named_parameters() if name in adapters.parameters(base)}
        within = {name for name in learned if ".layer." in name}
        assert all(any(name.startswith(one) for one in wanted) for name in within) and bool(within) == bool(wanted)
        heads = {"bert.pooler.dense", "classifier"}
        assert learned - within == {f"{head}.{kind}" for head in heads for kind in ("weight", "bias")}


def test_of_a_model_that_reads_and_writes_apart_the_last_that_write_learn(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    base = methods.attach(opened(folders["t5"]), Jobs(tmp_path, folders["t5"]).make(method="freeze", layers=1).config)
    learned = {*adapters.parameters(base)}
    rest = {name for name in learned if not name.startswith("decoder.block.1.")}
    assert rest == {"decoder.final_layer_norm.weight"} and len(learned) > 5


@pytest.mark.parametrize(
    ("kind", "changes", "key", "least"),
    [
        ("bert", {"method": "freeze", "layers": 3}, "engine.too_many_layers", "2"),
        ("t5", {"method": "freeze", "layers": 3}, "engine.too_many_layers", "2"),
        ("t5", {"method": "freeze", "layers": 0}, "engine.no_layer_learns", "1"),
        ("albert", {"method": "freeze", "layers": 1}, "engine.one_layer_again", "LoRA"),
        ("bert", {"method": "prefix", "virtual_tokens": 5}, "engine.no_prefix_of_classes", "P-tuning"),
        ("bert", {"method": "prompt", "virtual_tokens": 40}, "engine.too_many_ahead", "33"),
        ("t5", {"method": "prefix", "virtual_tokens": 5}, "engine.no_prefix_of_writers", "P-tuning"),
        ("bart", {"method": "prompt", "virtual_tokens": 70}, "engine.too_many_ahead", "64"),
    ],
)
def test_what_cannot_begin_is_said_with_what_can(
    kind: str, changes: dict[str, Any], key: str, least: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    job = Jobs(tmp_path, folders[kind]).make("classify", **changes)
    with pytest.raises(StudioError) as found:
        TorchEngine().check(job.config, job.model_dir)
    assert found.value.key == key and all(least in found.value.say(lang) for lang in LANGS)


def test_prefix_tuning_of_classes_is_still_beyond_peft(folders: dict[str, Path]) -> None:
    """When this fails, `Method.refuses` of prefix tuning is no longer true."""
    model = AutoModelForSequenceClassification.from_pretrained(folders["bert"])
    plain = get_peft_model(model, PrefixTuningConfig(num_virtual_tokens=4, task_type="SEQ_CLS"))
    with pytest.raises(ValueError, match="past key values"):
        plain(input_ids=torch.ones(1, 3, dtype=torch.long), attention_mask=torch.ones(1, 3))
