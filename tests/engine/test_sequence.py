"""A model that only puts texts into classes is opened with a head for the dataset's labels, taught and asked as any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from studio.contract import Job, Prediction, never
from studio.data import asking
from studio.data.schema import Example
from studio.engine import TorchEngine, adapters, catalog, load, methods
from studio.engine.export.describe import README
from studio.engine.load import Base
from studio.engine.loss import losses
from studio.errors import StudioError
from studio.evaluation.evaluate import evaluate
from studio.report_card import report_view
from studio.studio import Studio
from studio.words import LANGS, Lang, say
from tests.children import ran
from tests.engine import encoders
from tests.engine.architectures import SEQUENCE
from tests.engine.conftest import QUESTIONS, REVIEWS, Jobs, splits
from tests.engine.running import After, adapter

LABELS = ("好评", "差评")
SAID = [("很好喝，下次还来", "好评"), ("太难喝", "差评"), ("服务很差，等了很久！", "差评")]
ROWS = [Example(number, *said) for number, said in enumerate(SAID, 1)]


def base_of(folder: Path, labels: tuple[str, ...] = LABELS, quantise: Any = "none") -> Base:
    return load.base(folder, quantise, "fp32", labels)


def encoded(base: Base, longest: int = 64) -> list[Any]:
    words = base.head.encoder(base.tokenizer, "classify", LABELS, longest)
    return [words.encode(row) for row in ROWS]


@pytest.mark.parametrize("kind", SEQUENCE)
def test_loss_and_gradients_equal_those_of_transformers_on_the_same_texts(kind: str, tmp_path: Path) -> None:
    base = base_of(encoders.save(tmp_path / kind, encoders.classified(kind, LABELS)))
    model = base.model.requires_grad_(True)
    asked = base.tokenizer([row.text for row in ROWS], padding=True, return_tensors="pt")
    theirs = model(**asked, labels=torch.tensor([LABELS.index(row.target) for row in ROWS])).loss
    theirs.backward()
    gradients = {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}
    model.zero_grad()

    ours = losses(base, base.head.collate(base, encoded(base))).mean()
    ours.backward()

    assert base.taught
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-5)
    assert gradients
    for name, weight in model.named_parameters():
        if name in gradients:
            torch.testing.assert_close(weight.grad, gradients[name], rtol=1e-3, atol=1e-5, msg=name)


BASES = {
    "masked": lambda: encoders.masked("bert"),
    "bare": lambda: encoders.bare("bert"),
    "of other labels": lambda: encoders.classified("bert", ("a", "b", "c")),
    "of as many others": lambda: encoders.classified("bert", ("a", "b")),
    "roberta": lambda: encoders.masked("roberta"),
    "electra": lambda: encoders.bare("electra"),
    "distilbert": lambda: encoders.masked("distilbert"),
    "albert": lambda: encoders.masked("albert"),
    "modernbert": lambda: encoders.masked("modernbert"),
    "deberta": lambda: encoders.masked("deberta-v2"),
}


@pytest.fixture(params=BASES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return encoders.save(tmp_path / "base", BASES[request.param]())


def job_on(folder: Path, tmp_path: Path, name: str = "run-a", **changes: Any) -> Job:
    return Jobs(tmp_path, folder).make("classify", name, **{"max_length": 64, "epochs": 12, **changes})


ASKED = [asking.of(Example(1, text, "")) for text in ("很好喝！", "太难喝，唉", "服务热情")]


def test_a_fresh_head_learns_is_taken_home_and_answers_as_plain_transformers_do(folder: Path, tmp_path: Path) -> None:
    job = job_on(folder, tmp_path, epochs=20)
    TorchEngine().train(job, never)
    session = TorchEngine().open(job)
    known = session.classify([asking.of(row) for row in job.splits.train], True)
    assert sum(one.answer == row.target for one, row in zip(known, job.splits.train, strict=True)) >= 22
    tuned, untaught = (session.classify(ASKED, on) for on in (True, False))
    assert [one.answer for one in untaught] == ["", "", ""]

    made = TorchEngine().export(job, "merged", tmp_path / "merged")
    assert made.verified
    theirs = plain(AutoModelForSequenceClassification.from_pretrained(tmp_path / "merged"), tmp_path / "merged")
    assert_same(tuned, theirs)

    TorchEngine().export(job, "adapter", tmp_path / "adapter")
    names = {"id2label": dict(enumerate(LABELS)), "label2id": {label: at for at, label in enumerate(LABELS)}}
    below = AutoModelForSequenceClassification.from_pretrained(folder, ignore_mismatched_sizes=True, **names)
    assert_same(tuned, plain(PeftModel.from_pretrained(below, tmp_path / "adapter"), tmp_path / "adapter"))


def plain(model: Any, folder: Path) -> list[dict[str, float]]:
    """The probabilities that transformers' own pipeline gives to the texts."""
    asked = pipeline("text-classification", model=model, tokenizer=AutoTokenizer.from_pretrained(folder), top_k=None)
    return [{one["label"]: one["score"] for one in asked([said[-1].content])[0]} for said in ASKED]


def assert_same(ours: list[Prediction], theirs: list[dict[str, float]]) -> None:
    for one, other in zip(ours, theirs, strict=True):
        assert one.probabilities == pytest.approx(other, abs=1e-5)


def test_a_head_that_knows_the_same_classes_already_is_kept_and_asked_before_and_after(tmp_path: Path) -> None:
    """As it comes home from an earlier run; in which order its classes stand does not matter."""
    folder = encoders.save(tmp_path / "base", encoders.classified("roberta", LABELS[::-1]))
    job = job_on(folder, tmp_path)
    TorchEngine().train(job, never)
    session = TorchEngine().open(job)
    theirs = plain(AutoModelForSequenceClassification.from_pretrained(folder), folder)
    assert_same(session.classify(ASKED, False), theirs)
    assert session.classify(ASKED, True)[0].probabilities != pytest.approx(theirs[0], abs=1e-3)


@pytest.mark.parametrize("changes", [{"method": "qlora"}, {"precision": "bf16"}, {"dropout": 0.1}], ids=str)
def test_a_stopped_run_goes_on_to_the_same_adapter_in_every_format(changes: dict[str, Any], tmp_path: Path) -> None:
    folder = encoders.save(tmp_path / "base", encoders.masked("bert"))
    whole, parts = (job_on(folder, tmp_path, name, epochs=4, **changes) for name in ("run-a", "run-b"))
    TorchEngine().train(whole, never)
    TorchEngine().train(parts, After(6))
    TorchEngine().train(parts, never)
    assert adapter(parts) == adapter(whole)
    assert TorchEngine().export(parts, "merged", tmp_path / "merged").verified


def test_the_head_learns_in_fp32_where_the_rest_is_in_bf16(tmp_path: Path) -> None:
    folder = encoders.save(tmp_path / "base", encoders.masked("bert"))
    base = methods.attach(load.base(folder, "none", "bf16", LABELS), job_on(folder, tmp_path).config)
    learned = adapters.parameters(base)
    heads = ("classifier", "bert.pooler.dense")
    assert {f"{name}.modules_to_save.default.weight" for name in heads} <= {*learned}
    assert {weight.dtype for weight in learned.values()} == {torch.float32}


def test_what_is_read_equals_what_transformers_cuts(tmp_path: Path) -> None:
    base = base_of(encoders.save(tmp_path / "base", encoders.masked("bert")))
    long = "very good tea " * 40
    words = base.encoder(job_on(base.folder, tmp_path))
    row = words.encode(Example(1, long, "好评"))
    assert row is not None
    assert list(row.prompt) == base.tokenizer(long, truncation=True, max_length=base.context)["input_ids"]
    assert len(row.prompt) == base.context == 66
    assert row.text + row.cut == long
    assert words.prompt(long, reserve=0) == row.prompt
    said = words.preview(Example(1, long, "好评"))
    assert [shade for _, shade in said] == ["ignored", "cut", "learned"]
    assert said[1][0] == row.cut and said[2][0] == "好评"


def test_a_text_that_spells_a_mark_of_the_tokenizer_is_read_as_text(tmp_path: Path) -> None:
    base = base_of(encoders.save(tmp_path / "base", encoders.masked("bert")))
    row = base.encoder(job_on(base.folder, tmp_path)).encode(Example(1, "好[SEP]差", "好评"))
    assert row is not None and row.prompt.count(base.tokenizer.sep_token_id) == 1


def test_what_learned_other_classes_is_not_put_beside_these(tmp_path: Path) -> None:
    job = job_on(encoders.save(tmp_path / "base", encoders.masked("bert")), tmp_path, epochs=1)
    TorchEngine().train(job, never)
    with pytest.raises(StudioError) as found:
        TorchEngine().open(replace(job, splits=replace(job.splits, labels=("好评", "一般"))))
    assert found.value.key == "engine.other_labels"
    assert all("一般" in found.value.say(lang) for lang in LANGS)


def test_the_report_card_has_no_score_of_a_base_that_was_taught_nothing(tmp_path: Path) -> None:
    job = job_on(encoders.save(tmp_path / "base", encoders.masked("bert")), tmp_path)
    TorchEngine().train(job, never)
    card = evaluate(TorchEngine().open(job), job)
    assert "kept" not in card  # it says nothing, so it is asked nothing
    assert card["base"]["count"] == 0 and card["tuned"]["count"] == 4
    assert {row["base"] for row in card["rows"]} == {""}


@pytest.mark.parametrize("kind", SEQUENCE)
def test_the_catalogue_knows_how_large_every_kind_is_and_how_much_it_reads(kind: str, tmp_path: Path) -> None:
    model = encoders.masked(kind)
    folder = encoders.save(tmp_path / kind, model)
    card = catalog.card(str(folder), folder)
    positions = 64 if kind in ("roberta", "xlm-roberta", "camembert", "mpnet") else 66
    assert (card.head, card.context, card.hidden, card.layers) == ("sequence", positions, 32, 2)
    reckoned = catalog.card_from_config("maker/model", catalog.check(folder)).parameters
    assert reckoned == pytest.approx(sum(weight.numel() for weight in model.base_model.parameters()), rel=0.35)
    longest = torch.full((1, card.context), 7)
    base_of(folder).model(input_ids=longest, attention_mask=torch.ones_like(longest))  # no place is missing


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(TorchEngine(), tmp_path / "home") as made:
        yield made


def test_the_whole_way_from_a_sheet_to_answers_on_an_encoder(studio: Studio, tmp_path: Path) -> None:
    folder = str(encoders.save(tmp_path / "base", encoders.masked("bert")))
    dataset = studio.data.add_rows("reviews", "classify", REVIEWS)
    plan = studio.plan(dataset.id, changes={"model": folder, "epochs": 2, "precision": "fp32"})
    assert plan.estimate.memory_gib < 2
    example, pieces = studio.preview(plan.config)[0]
    assert pieces[-1] == (example.target, "learned")
    run = studio.train(plan.config)
    assert run.status == "finished"
    (tuned,), (base,) = (studio.classify(run.id, ["很好喝"], tuned=on) for on in (True, False))
    assert set(tuned.probabilities) == {"好评", "差评"} and base.answer == ""
    report = studio.evaluate(run.id)
    assert report["base"]["count"] == 0 and report["baseline"]["majority"]["count"] > 0
    kept = studio.report(run.id)
    assert kept is not None
    for lang in LANGS:
        view = report_view(run, kept, lang)
        assert not any(score.name == say("report_card.score_base", lang) for score in view.scores)
        assert say("report_card.not_taught", lang) in view.remarks
        assert {row.base for row in view.wrong} <= {say("report_card.no_answer_yet", lang)}
    studio.export(run.id, "merged", tmp_path / "out")
    told = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "text-classification" in told and say("readme.not_taught", "en") in told


def test_chat_and_rehearsal_on_an_encoder_are_refused_when_they_are_planned(studio: Studio, tmp_path: Path) -> None:
    folder = str(encoders.save(tmp_path / "base", encoders.masked("bert")))
    questions = studio.data.add_rows("questions", "chat", QUESTIONS)
    reviews = studio.data.add_rows("reviews", "classify", REVIEWS)
    for dataset, changes, key in (
        (questions, {}, "run.model_has_no_words"),
        (reviews, {"rehearsal": 0.5}, "run.nothing_to_rehearse"),
    ):
        with pytest.raises(StudioError) as found:
            studio.plan(dataset.id, changes={"model": folder, **changes})
        assert found.value.key == key
        assert all(folder in found.value.say(lang) for lang in LANGS)


@pytest.mark.parametrize("lang", LANGS)
def test_the_readme_of_an_encoder_says_code_that_runs_as_it_stands(lang: Lang, tmp_path: Path) -> None:
    job = job_on(encoders.save(tmp_path / "base", encoders.masked("bert")), tmp_path, epochs=1)
    TorchEngine().train(job, never)
    for format in ("merged", "adapter"):
        out = tmp_path / f"{format}-{lang}"
        TorchEngine().export(job, format, out)
        page = (out / README[lang]).read_text(encoding="utf-8")
        code = page.partition("```python\n")[2].partition("```")[0]
        code = re.sub('base = ".*"', f'base = "{job.model_dir}"', code)
        said = ran(code, out)
        assert "好评" in said or "差评" in said


def test_a_checkpoint_of_old_with_only_a_list_of_words_is_opened(tmp_path: Path) -> None:
    folder = encoders.save(tmp_path / "base", encoders.masked("bert"))
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(encoders.words()), encoding="utf-8")
    row = load.encoder(folder, splits("classify"), 64).encode(ROWS[0])
    assert row is not None
    assert list(row.prompt) == encoders.tokenizer()(ROWS[0].text)["input_ids"]


def test_a_model_without_words_for_the_rows_is_refused_before_it_learns(tmp_path: Path) -> None:
    """As English BERT is with Chinese texts."""
    folder = encoders.save(tmp_path / "base", encoders.masked("bert"))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()
    (folder / "vocab.txt").write_text("\n".join([*encoders.SPECIAL, "good", "bad"]), encoding="utf-8")
    with pytest.raises(StudioError) as found:
        TorchEngine().token_counts(folder, splits("classify"), 64, 0, tmp_path / "tokens")
    assert found.value.key == "engine.cannot_read"
