"""What the base knew is learned again beside the new rows, unless the rows are to change it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
from rapidfuzz import fuzz, process

from studio.assets import STARTER_DIR
from studio.contract import Sampling
from studio.data.near import normalise
from studio.data.schema import Example
from studio.engine import generate, load, methods, rehearsal
from studio.engine.encode import Encoded, Encoder
from studio.engine.learner import Learner
from studio.engine.rows import rows_of
from studio.engine.train import learnable
from studio.evaluation import outside
from tests.engine.conftest import Jobs, splits


@pytest.fixture
def few_questions() -> None:
    """Here answers are made to their end."""


@pytest.fixture(scope="module")
def starter() -> load.Base:
    from studio.config import RunConfig

    config = RunConfig(task="chat", dataset="data-1", dataset_version=1)
    return methods.attach(load.base(STARTER_DIR, "none", "fp32"), config)


WHO = "你是谁"
BLUE = "为什么天是蓝的？"
SOME = tuple(text for at, text in enumerate(rehearsal.questions()) if at % 20 == 0 or WHO in text)
MANY = tuple(dict.fromkeys((*SOME, BLUE, *rehearsal.questions()[::4])))


@pytest.fixture(scope="module")
def everything(starter: load.Base) -> dict[str, Encoded]:
    """What is rehearsed of MANY questions where nothing is taught, by the question."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rehearsal, "questions", lambda: MANY)
        return {row.text: row for row in rehearsal.rows(starter, [], seed=1)}


def test_the_base_own_answers_are_rehearsed_and_they_end(starter: load.Base, everything: dict[str, Encoded]) -> None:
    encoder = Encoder(starter.tokenizer, "chat", (), 128)
    row = everything[BLUE]
    [answer] = generate.replies(starter, [row.prompt], generate.BASE, Sampling(max_new_tokens=rehearsal.LONGEST))
    assert generate.text(starter, row.completion) == answer
    assert row.completion[-1] == encoder.end_id
    assert len(everything) > 0.8 * (len(MANY) + len(rehearsal.beyond()))


@pytest.fixture
def some_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """All about who it is, and of the others a few."""
    few = tuple(one for one in rehearsal.beyond() if re.search("医院|路车|房东", one[0]))
    monkeypatch.setattr(rehearsal, "questions", lambda: SOME)
    monkeypatch.setattr(rehearsal, "beyond", lambda: few)


@pytest.mark.usefixtures("some_questions")
def test_of_what_no_row_speaks_is_asked_and_learned_as_the_base_answers(starter: load.Base) -> None:
    encoder = Encoder(starter.tokenizer, "chat", (), 128)
    parking = encoder.encode(Example(1, "怎么过来", "坐 3 路车，到医院那一站下。"))
    assert parking is not None
    nothing, some = ({row.text for row in rehearsal.rows(starter, rows, seed=1)} for rows in ([], [parking]))
    spoken_of = {"你们附近有医院吗？", "去你们那儿坐几路车？"}
    assert spoken_of <= nothing and not spoken_of & some
    assert "你们的房东是谁？" in some


def test_nothing_that_the_report_card_asks_is_rehearsed() -> None:
    asked = [normalise(text) for rules in outside._rules().values() for text, _ in [*rules["asked"], *rules["lesson"]]]
    for text, _ in rehearsal.beyond():
        assert process.extractOne(normalise(text), asked, scorer=fuzz.ratio, score_cutoff=85) is None, text


@pytest.mark.usefixtures("some_questions")
def test_what_the_rows_teach_anew_is_not_rehearsed(starter: load.Base, everything: dict[str, Encoded]) -> None:
    encoder = Encoder(starter.tokenizer, "chat", (), 128)
    row = encoder.encode(Example(1, "你是谁呀", "我是小禾。"))
    assert row is not None
    left = rehearsal.rows(starter, [row], seed=1)
    gone = everything.keys() & set(rehearsal.questions()) - {row.text for row in left}
    assert gone and len(gone) < 12
    own = generate.replies(starter, [row.prompt], generate.BASE, Sampling(max_new_tokens=rehearsal.LONGEST))
    assert own[0] not in {generate.text(starter, row.completion) for row in left}
    assert own[0] in {generate.text(starter, everything[text].completion) for text in gone}


@pytest.mark.usefixtures("some_questions")
def test_what_the_base_says_to_a_further_wording_leaves_nothing_out(starter: load.Base, jobs: Jobs) -> None:
    """Of a row in several wordings only the first is asked; a wording is what chance made it."""
    lesson = splits("chat")
    first, wording = (Example(1, text, "九点。") for text in ("几点开门", "你是谁呀"))
    both = rows_of(starter.folder, lesson, [first, wording], 128, jobs.root / "tokens")
    assert [row.text for row in both.first_wordings] == ["几点开门"]
    kept = rehearsal.rows(starter, both.first_wordings, seed=1)
    assert kept == rehearsal.rows(starter, both[:1], seed=1) != rehearsal.rows(starter, both, seed=1)


def test_every_everyday_row_comes_as_often_as_any_other(jobs: Jobs) -> None:
    job = jobs.make("chat", rehearsal=0.75, batch_size=4)
    rows = learnable(job)
    learner = Learner(load.base(job.model_dir, "none", "fp32"), rows, job.config)
    learner.known = [replace(rows[0], number=-number) for number in range(1, 11)]
    drawn = [row.number for step in range(1, 21) for row in learner.rehearsed(step)]
    assert sorted(Counter(drawn).values()) == [6] * 10
    assert sorted(drawn[:10]) == sorted(drawn[10:20]) and drawn[:10] != drawn[10:20]


@pytest.mark.usefixtures("some_questions")
def test_the_loss_that_is_shown_is_that_of_the_new_rows(jobs: Jobs) -> None:
    shown = {}
    for share in (0.0, 2.0):
        job = jobs.make("chat", f"run-{share}", rehearsal=share)
        rows = learnable(job)
        learner = Learner(load.base(job.model_dir, "none", "fp32"), rows, job.config)
        measured = learner.step(1, 1e-3)
        shown[share] = measured
        assert len(learner.rehearsed(1)) == round(share * job.config.batch_size)
    assert shown[0.0].loss == pytest.approx(shown[2.0].loss, rel=1e-5)
    assert shown[0.0].grad_norm != pytest.approx(shown[2.0].grad_norm, rel=1e-3)
    assert shown[2.0].tokens > shown[0.0].tokens


def test_a_warm_engine_has_loaded_what_the_first_run_needs() -> None:
    code = (
        "import sys; from studio.engine import TorchEngine; assert 'torch' not in sys.modules; TorchEngine().warm();"
        "assert {'torch', 'peft', 'transformers.modeling_utils', 'studio.engine.train'} <= set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)
