"""A model that reads a text and writes another is taught, asked beside its base, and taken home as any."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from studio.contract import Lane, Sampling, never
from studio.data import asking
from studio.data.schema import Example, Message
from studio.engine import TorchEngine, catalog, drafts, generate, load, methods
from studio.engine.encode import RowEncoder
from studio.engine.load import Base
from studio.engine.loss import losses
from studio.tasks import Task
from tests.engine import pairs
from tests.engine.architectures import SEQ2SEQ
from tests.engine.conftest import QUESTIONS, Jobs, splits
from tests.engine.running import After, adapter

ROWS = [Example(number, *said) for number, said in enumerate(QUESTIONS[:5], 1)]


@pytest.fixture(params=SEQ2SEQ)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return pairs.save(tmp_path / "base", request.param)


def words_of(base: Base, task: Task = "chat") -> RowEncoder:
    return base.head.encoder.of(base.tokenizer, splits(task), base.context)


def test_loss_and_gradients_equal_those_of_transformers_on_the_same_rows(folder: Path) -> None:
    base = load.base(folder, "none", "fp32")
    model = base.model.requires_grad_(True)
    asked = base.tokenizer([row.text for row in ROWS], padding=True, return_tensors="pt", return_token_type_ids=False)
    labels = base.tokenizer(text_target=[row.target for row in ROWS], padding=True, return_tensors="pt")
    said = labels["input_ids"].masked_fill(labels["attention_mask"] == 0, -100)
    theirs = model(**asked, labels=said).loss
    theirs.backward()
    gradients = {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}
    model.zero_grad()

    rows = [row for example in ROWS if (row := words_of(base).encode(example))]
    ours = losses(base, base.head.collate(base, rows)).mean()
    ours.backward()

    assert len(rows) == len(ROWS) and gradients
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-5)
    for name, weight in model.named_parameters():
        if name in gradients:
            torch.testing.assert_close(weight.grad, gradients[name], rtol=1e-3, atol=1e-5, msg=name)


def test_what_was_taught_is_answered_beside_the_base_and_by_plain_transformers(folder: Path, tmp_path: Path) -> None:
    job = Jobs(tmp_path, folder).make("chat", epochs=60, learning_rate=1e-2, evaluations=1)
    TorchEngine().train(job, never)
    session = TorchEngine().open(job)
    said = [asking.of(row) for row in job.splits.train]
    tuned, base = (session.reply(said, on, Sampling(max_new_tokens=24)) for on in (True, False))
    assert sum(one == row.target for one, row in zip(tuned, job.splits.train, strict=True)) >= 4
    assert session.answers(job.splits.train, True, 24) == tuned

    lanes = [Lane(said[0], tuned=False), Lane(said[0], tuned=True)]
    *_, streamed = session.stream(lanes, Sampling(max_new_tokens=24), never)
    assert streamed == (base[0], tuned[0])

    TorchEngine().export(job, "merged", tmp_path / "mine")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "mine")
    model = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "mine")
    for row, answer in zip(job.splits.train, tuned, strict=True):
        asked = tokenizer(row.text, return_tensors="pt", return_token_type_ids=False)
        plain = tokenizer.decode(model.generate(**asked)[0], skip_special_tokens=True)
        assert plain.replace(" ", "") == answer.replace(" ", "")

    page = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    code = re.findall("```python\n(.*?)```", page, re.DOTALL)[0]
    compile(code, "README", "exec")
    assert QUESTIONS[0][0] in code


def test_a_label_is_as_likely_as_its_words_are(folder: Path, tmp_path: Path) -> None:
    job = Jobs(tmp_path, folder).make("classify", epochs=1)
    TorchEngine().train(job, never)
    session = TorchEngine().open(job)
    asked = [asking.of(row) for row in job.splits.test]
    for tuned in (True, False):
        together = session.classify(asked, tuned)
        for one, said in zip(together, asked, strict=True):
            assert sum(one.probabilities.values()) == pytest.approx(1)
            assert one.probabilities == pytest.approx(session.classify([said], tuned)[0].probabilities, abs=1e-5)

    base = load.base(folder, "none", "fp32")
    words = words_of(base, "classify")
    rows = [words.encode(Example(1, asked[0][-1].content, label)) for label in job.splits.labels]
    alone = torch.stack([losses(base, base.head.collate(base, [row])).sum() for row in rows if row])
    wanted = torch.softmax(-alone, 0).tolist()
    assert list(session.classify(asked[:1], False)[0].probabilities.values()) == pytest.approx(wanted, abs=1e-4)


def test_an_answer_that_is_partly_as_expected_is_the_one_that_is_generated(folder: Path) -> None:
    base = load.base(folder, "none", "fp32")
    rows = [row for example in ROWS if (row := words_of(base).encode(example))]
    reads = drafts.read(base, rows, generate.BASE)
    found = drafts.answers(base, rows, reads, generate.BASE, [12] * len(rows))
    prompts = [row.prompt for row in rows]
    assert found == generate.replies(base, prompts, generate.BASE, Sampling(max_new_tokens=12))


@pytest.mark.parametrize("changes", [{}, {"method": "qlora"}, {"rehearsal": 1.0, "dropout": 0.1}], ids=str)
def test_a_stopped_run_goes_on_to_the_same_adapter(changes: dict[str, Any], tmp_path: Path) -> None:
    folder = pairs.save(tmp_path / "base", "t5")
    whole, parts = (Jobs(tmp_path, folder).make("chat", name, epochs=4, **changes) for name in ("run-a", "run-b"))
    TorchEngine().train(whole, never)
    TorchEngine().train(parts, After(3))
    TorchEngine().train(parts, never)
    assert adapter(parts) == adapter(whole)


def test_what_was_said_before_stands_in_front_and_goes_first_where_it_is_too_long(folder: Path) -> None:
    base = load.base(folder, "none", "fp32")
    before = (Message("system", "老板是林小满"), Message("user", "你们几点开门"), Message("assistant", "早上九点。"))
    words = base.head.encoder(base.tokenizer, "chat", (), 64)
    row = words.encode(Example(1, "谁开的店", "林小满。", context=before))
    assert row is not None
    lines = "\n".join([*(one.content for one in before), "谁开的店"])
    assert list(row.prompt) == base.tokenizer(lines)["input_ids"]
    short = base.head.encoder(base.tokenizer, "chat", (), len(row.prompt) - 2)
    cut = short.encode(Example(1, "谁开的店", "林小满。", context=before))
    assert cut is not None and cut.text == "谁开的店" and "你们几点开门" in cut.cut


def test_the_catalogue_knows_its_size_and_how_much_it_reads(folder: Path) -> None:
    card = catalog.card(str(folder), folder)
    assert (card.head, card.hidden, card.layers) == ("seq2seq", 32, 4)
    assert card.context in (128, 512)
    reckoned = catalog.card_from_config("maker/model", catalog.check(folder)).parameters
    assert reckoned == pytest.approx(card.parameters, rel=0.35)


def test_adapters_stand_beside_reading_and_writing(folder: Path, tmp_path: Path) -> None:
    base = methods.attach(load.base(folder, "none", "fp32"), Jobs(tmp_path, folder).make("chat").config)
    named = " ".join(methods.room("lora").changed(base))
    assert "encoder" in named and "decoder" in named and "lm_head" not in named
