"""Whatever rows, task, model, method and minutes: a plan that can be run, and is worth it or says that it is not."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from studio.budget import FEWEST_STEPS, within
from studio.config import RunConfig
from studio.contract import ModelCard, TokenCounts
from studio.engine.schedule import rate
from studio.heads import HEADS
from studio.methods import METHODS
from studio.plan import COURSES, Plan, class_weights, continued, further_wordings, paced, scarce, settings
from studio.studio import Studio
from studio.tasks import TASKS
from tests.fakes import FakeEngine

MACHINE = FakeEngine().machine()
LESSON_OF = {task: rules.lessons for task, rules in TASKS.items()}


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan of one to a million rows of any task, by any method on any head and size of model."""
    task = draw(st.sampled_from(sorted(TASKS)))
    lesson = draw(st.sampled_from(LESSON_OF[task]))
    head, method = draw(st.sampled_from(sorted(HEADS))), draw(st.sampled_from(sorted(METHODS)))
    written = draw(st.one_of(st.integers(1, 2_000), st.integers(1, 1_000_000)))
    rows = written * (1 + further_wordings(lesson, written))
    long, longest = draw(st.integers(3, 900)), draw(st.integers(3, 30_000))
    context = draw(st.sampled_from([256, 1024, 32_768]))
    parameters = draw(st.sampled_from([10**6, 6_295_552, 22_700_000, 110 * 10**6, 6 * 10**8, 8 * 10**9]))
    card = ModelCard("m", "local", parameters, 512, 8, 8000, context, 1.0, True, head)
    counts = TokenCounts(rows, rows * long, rows * 10, max(longest, long), 0, 0, written)
    facts = draw(st.integers(1, written)) if lesson == "facts" else 0
    preset = draw(st.sampled_from(["fast", "balanced", "thorough"]))
    classes = draw(st.integers(2, 80)) if TASKS[task].labelled else 0
    computed = paced(settings(lesson, counts, card, preset, facts, classes), method)
    computed = continued(computed) if draw(st.booleans()) else computed
    weights = class_weights(draw(st.floats(1, 1000)))
    given_ = {"task": task, "dataset": "d", "dataset_version": 1, "method": method, "class_weights": weights}
    return planned(RunConfig.of({**given_, **computed}), card, counts, written)


def planned(config: RunConfig, card: ModelCard, counts: TokenCounts, written: int) -> Plan:
    return Plan(config, card, counts, FakeEngine().estimate(config, card, counts, MACHINE), written)


@limits(deadline=None)
@given(plans())
def test_every_plan_makes_a_step_and_its_rate_reaches_its_height_within_the_run(plan: Plan) -> None:
    steps = plan.estimate.steps
    assert steps == math.ceil(plan.counts.rows / plan.config.batch_size) * plan.config.epochs >= 1
    rises = [rate(plan.config, step, steps) for step in range(1, min(steps, 200_000) + 1, max(1, steps // 500))]
    warm = math.ceil(plan.config.warmup * steps)
    height = plan.config.learning_rate
    assert 1 <= warm <= max(1, steps // 2) and rate(plan.config, warm, steps) == pytest.approx(height)
    assert all(0 < one <= height * (1 + 1e-9) for one in rises)


@limits(deadline=None)
@given(plans())
def test_a_plan_goes_through_few_rows_often_and_through_none_for_ever(plan: Plan) -> None:
    """Few rows are met as often as a lesson allows; many not more often than they have to be."""
    rows = plan.counts.rows * plan.config.epochs
    most = max(course.passes[0] for course in COURSES.values())
    assert plan.config.epochs <= most
    assert plan.config.epochs == 1 or plan.config.stop_when_known or rows <= 2 * 2 * 600 * plan.config.batch_size


@limits(deadline=None)
@given(plans(), st.floats(0.01, 100_000))
def test_a_plan_keeps_to_the_minutes_or_says_that_it_cannot(whole: Plan, minutes: float) -> None:
    def replan(passes: int) -> Plan:
        return planned(whole.config.with_changes({"epochs": passes}), whole.card, whole.counts, whole.rows)

    plan = within(whole, minutes, replan)
    in_time = plan.estimate.seconds <= 60 * minutes
    assert in_time or plan.config.epochs == 1
    assert ("不够" in plan.sentence["zh"]) == (not in_time)
    assert ("not enough" in plan.sentence["en"]) == (not in_time)
    hopeless = in_time and plan.estimate.steps < min(FEWEST_STEPS, whole.estimate.steps)
    assert ("等于没学" in plan.sentence["zh"]) == ("next to nothing" in plan.sentence["en"]) == hopeless
    if plan.config.epochs < whole.config.epochs and plan.config.epochs > 1:
        more = replan(plan.config.epochs + 1)  # no pass is given up that there was time for, but for a rounding
        assert more.estimate.seconds >= 0.9 * 60 * minutes or plan.config.epochs >= whole.config.epochs / 2


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    with Studio(FakeEngine(), tmp_path / "home") as found:
        yield found  # type: ignore[misc]


def test_classes_with_too_few_rows_are_named_before_a_run_begins(studio: Studio) -> None:
    rows = [(f"第{n}天的茶", "好评") for n in range(30)] + [("太甜了", "差评"), ("太淡了", "差评"), ("一般般", "中评")]
    plan = studio.plan(studio.data.add_rows("评价", "classify", rows).id)
    assert list(plan.scarce.items()) == [("中评", 1), ("差评", 2)]
    assert "中评 1、差评 2" in plan.sentence["zh"] and "10 条以上" in plan.sentence["zh"]
    assert "hardly be told apart: 中评 1、差评 2" in plan.sentence["en"]
    enough = [*rows[:30], *((f"第{n}杯太甜", "差评") for n in range(10))]
    plan = studio.plan(studio.data.add_rows("评价", "classify", enough).id)
    assert plan.scarce == {} and "分不出来" not in plan.sentence["zh"]


def test_answers_have_no_classes_to_be_scarce(studio: Studio) -> None:
    dataset = studio.data.add_rows("问答", "chat", [("几点开门", "早上八点开门。"), ("几点关门", "晚上十点关门。")]).id
    assert scarce(studio.data.splits(dataset, studio.data.freeze(dataset))) == {}
