"""The plan follows the data: never too few steps, never out of limits, said in a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.config import RunConfig
from studio.contract import Estimate, ModelCard, TokenCounts
from studio.methods import METHODS
from studio.plan import (
    COURSES,
    Asked,
    Plan,
    duration,
    further_wordings,
    learning_rate,
    max_length,
    paced,
    settings,
)

SIZES = {"starter": int(7e6), "0.6b": int(6e8), "8b": int(8e9)}


def card(parameters: int) -> ModelCard:
    return ModelCard("m", "local", parameters, 512, 8, 8000, 1024, 1.0, True)


def counts(rows: int, longest: int = 60, tokens: int = 40) -> TokenCounts:
    return TokenCounts(rows, rows * tokens, rows * 10, longest, 0, 0, rows)


@given(
    rows=st.integers(2, 100_000),
    parameters=st.integers(10**6, 10**11),
    longest=st.integers(1, 100_000),
    lesson=st.sampled_from(["labels", "facts", "manner"]),
    preset=st.sampled_from(["fast", "balanced", "thorough"]),
)
def test_a_plan_is_always_a_valid_config(rows, parameters, longest, lesson, preset) -> None:  # type: ignore[no-untyped-def]
    computed = settings(lesson, counts(rows, longest), card(parameters), preset)
    task = "classify" if lesson == "labels" else "chat"
    RunConfig.of({"task": task, "dataset": "d", "dataset_version": 1, **computed})


@pytest.mark.parametrize("size", SIZES)
def test_91_rows_get_more_than_a_hundred_steps(size: str) -> None:
    computed = settings("manner", counts(91), card(SIZES[size]), "balanced")
    assert computed["epochs"] * 91 / computed["batch_size"] > 100


def test_presets_rise_and_large_data_are_seen_once() -> None:
    few = [
        settings("manner", counts(300), card(SIZES["8b"]), preset)["epochs"]
        for preset in ("fast", "balanced", "thorough")
    ]
    assert few == sorted(few) and few[0] < few[-1]
    assert settings("manner", counts(50_000), card(SIZES["8b"]), "balanced")["epochs"] == 1


def test_long_rows_to_classify_are_learned_in_fewer_passes_but_a_few() -> None:
    def epochs(rows: int, tokens: int) -> int:
        return int(settings("labels", counts(rows, 400, tokens), card(SIZES["starter"]), "balanced")["epochs"])

    assert [epochs(240, tokens) for tokens in (50, 80, 110, 165, 900)] == [8, 8, 6, 4, 4]
    assert epochs(80, 165) == 12 and epochs(2400, 165) == epochs(2400, 50) == 2
    assert settings("manner", counts(240, 400, 165), card(SIZES["starter"]), "balanced")["epochs"] == 20


def test_two_classes_are_told_apart_in_half_the_steps_of_many_but_few_rows_are_met_as_often() -> None:
    def epochs(rows: int, classes: int, size: str = "starter") -> int:
        computed = settings("labels", counts(rows), card(SIZES[size]), "balanced", classes=classes)
        return int(computed["epochs"])

    assert [(epochs(rows, 2), epochs(rows, 8)) for rows in (8, 24, 80, 240, 800, 2400)] == [
        (40, 40), (40, 40), (12, 24), (4, 8), (2, 2), (2, 2),
    ]  # fmt: skip
    assert epochs(8000, 2) == epochs(8000, 8) == 1
    assert epochs(240, 2, "0.6b") == epochs(240, 8, "0.6b")  # not measured there


def test_the_rate_falls_with_the_size_of_the_model() -> None:
    rates = [learning_rate(size) for size in (7_000_000, 100_000_000, 600_000_000, 7_000_000_000, 70_000_000_000)]
    assert rates == sorted(rates, reverse=True) and rates[3] == 2e-4
    small = card(SIZES["starter"])
    taught = {lesson: settings(lesson, counts(300), small, "balanced")["learning_rate"] for lesson in COURSES}
    assert taught == {"labels": 5e-4, "facts": 1.5e-3, "manner": 1.5e-3, "preference": 3.75e-4}


def test_only_a_small_model_that_learns_answers_reads_them_blurred() -> None:
    found = {
        (task, size): settings(
            "labels" if task == "classify" else "manner", counts(300), card(SIZES[size]), "balanced"
        )["embedding_noise"]
        for task in ("classify", "chat")
        for size in ("starter", "8b")
    }
    assert {of for of, noise in found.items() if noise} == {("chat", "starter")}


def test_the_longest_row_fits_unless_the_model_cannot_read_it() -> None:
    assert max_length(100, 1024) == 128
    assert max_length(5000, 1024) == 1024


@pytest.mark.parametrize(
    ("seconds", "said"), [(3, "5 seconds"), (61, "65 seconds"), (600, "10 minutes"), (7200, "2.0 hours")]
)
def test_a_duration_is_said_as_a_person_would(seconds: float, said: str) -> None:
    assert duration(seconds, "en") == said


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("phrasings", [1, 3])
@pytest.mark.parametrize("facts", [1, 5, 24, 30, 300, 1000, 5000])
def test_facts_are_met_often_enough_on_every_size_of_model(facts: int, phrasings: int, size: str) -> None:
    taught = facts * phrasings
    rows = taught * (1 + further_wordings("facts", taught))
    computed = settings("facts", counts(rows), card(SIZES[size]), "balanced", facts)
    assert computed["epochs"] * rows >= min(100 * facts, 60 * rows) and computed["stop_when_known"] > 0
    assert computed["patience"] == 0


def test_a_fact_in_many_phrasings_is_not_met_more_often_for_it() -> None:
    """Ten ways of asking for each of 24 things are ten meetings with it, not one."""
    computed = settings("facts", counts(1200), card(SIZES["starter"]), "balanced", 24)
    assert computed["epochs"] * 1200 / computed["batch_size"] <= 600


def test_the_more_there_is_to_learn_the_fewer_wordings_are_learned_beside_it() -> None:
    found = [further_wordings("facts", rows) for rows in (1, 20, 60, 240, 1_000, 5_000)]
    assert found == [60, 59, 19, 4, 0, 0]
    assert further_wordings("labels", 10) == further_wordings("manner", 10) == 0


def long_ones(unlearnable: int, config_length: int = 1024) -> Plan:
    """A plan of 40 rows of which so many are too long for a model that reads 1,024 tokens."""
    of = TokenCounts(40, 40 * 20, 400, 27, 0, unlearnable, 40 - unlearnable)
    config = RunConfig.of({"task": "chat", "dataset": "d", "dataset_version": 1, "max_length": config_length})
    return Plan(config, card(SIZES["starter"]), of, Estimate(80, 800, 20.0, 1.0, 0.1, "fits"), 40)


def test_the_sentence_counts_the_rows_that_are_learned_and_says_which_are_too_long() -> None:
    assert "用 24 条资料" in long_ones(16).sentence["zh"] and "另外 16 条太长" in long_ones(16).sentence["zh"]
    assert "太长" not in long_ones(0).sentence["zh"]


def test_the_sentence_says_where_the_rest_of_the_rows_went() -> None:
    whole = long_ones(16)
    labels, facts, both = (replace(whole, asked=Asked(2, 3, held_out)) for held_out in (5, 0, 1))
    assert "另外 2 条途中考、3 条最后考，不拿来学。" in labels.sentence["zh"]
    assert "2 test it on the way and 3 at the end" in labels.sentence["en"]
    assert "考的时候换个说法问：途中 2 问，最后 3 问。" in facts.sentence["zh"]
    assert "1 of them are rows of yours" not in facts.sentence["en"]
    assert "其中 1 问就是资料里的" in both.sentence["zh"]
    assert "考" not in whole.sentence["zh"]


def test_the_remedy_for_long_rows_is_a_setting_only_where_the_model_reads_more() -> None:
    assert "Longest row" in long_ones(16, 64).sentence["en"] and "over 64 tokens" in long_ones(16, 64).sentence["en"]
    at_the_limit = long_ones(16, 2048).sentence["en"]
    assert "Longest row" not in at_the_limit and "reads 1024 tokens" in at_the_limit


def test_where_rows_are_too_long_for_the_model_all_that_it_reads_is_allowed() -> None:
    of = TokenCounts(40, 40 * 20, 400, 27, 0, 16, 24)
    computed = settings("manner", of, card(SIZES["starter"]), "balanced")
    assert computed["max_length"] == 1024
    assert computed["epochs"] == settings("manner", counts(24), card(SIZES["starter"]), "balanced")["epochs"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", SIZES)
def test_every_method_learns_at_a_rate_of_its_own_and_says_why(method: str, size: str) -> None:
    computed = settings("manner", counts(91), card(SIZES[size]), "balanced")
    found = paced(computed, method)
    RunConfig.of({"task": "chat", "dataset": "d", "dataset_version": 1, "method": method, **found})
    times = found["learning_rate"] / computed["learning_rate"]
    assert times == pytest.approx(METHODS[method].rate)
