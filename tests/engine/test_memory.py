"""The estimate grows with what costs, agrees with the run in what can be counted, and says when a model is too big."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from studio.config import RunConfig
from studio.contract import Machine, ModelCard, TokenCounts, fit, never
from studio.engine import TorchEngine, device
from studio.engine.memory import estimate
from studio.engine.methods import lora
from studio.events import EventLog, Started, Step
from tests.engine.conftest import Jobs

COUNTS = TokenCounts(rows=1000, tokens=60_000, learned=20_000, longest=120, truncated=0, unlearnable=0, taught=1000)
CARDS = {
    "0.6B": ModelCard("Qwen/Qwen3-0.6B", "hub", 596_000_000, 1024, 28, 151_936, 40_960, 1.1, False),
    "8B": ModelCard("Qwen/Qwen3-8B", "hub", 8_190_000_000, 4096, 36, 151_936, 40_960, 15.3, False),
}


def machine(free: float = 20.0) -> Machine:
    return Machine("cpu", "test", free * 1.2, free, 2, {})


def config(**changes: Any) -> RunConfig:
    values = {"task": "chat", "dataset": "d", "dataset_version": 1, "precision": "bf16", "epochs": 3, **changes}
    return RunConfig.of(values)


def test_steps_and_memory_are_those_of_the_run(jobs: Jobs) -> None:
    job = jobs.make("chat", batch_size=3)
    engine = TorchEngine()
    card = engine.model_card(str(job.model_dir), job.run_dir)
    counts = engine.token_counts(job.model_dir, job.splits, job.config.max_length, 0, job.tokens)
    found = engine.estimate(job.config, card, counts, engine.machine())
    engine.train(job, never)
    events = EventLog(job.run_dir / "events.jsonl").read()
    (started,) = [event for event in events if isinstance(event, Started)]
    assert (found.steps, found.tokens) == (started.total_steps, counts.tokens * 4)
    assert started.trainable_parameters == pytest.approx(lora.trained(job.config, card), rel=0.5)
    most = max(event.memory_gib for event in events if isinstance(event, Step))
    assert 0 < most < 2 * found.memory_gib


def test_a_kept_trunk_is_read_once_and_not_in_every_pass() -> None:
    top = {"method": "freeze", "layers": 2, "precision": "fp32"}
    once, kept = (
        estimate(config(**top, epochs=10, embedding_noise=noise), CARDS["0.6B"], COUNTS, machine()).seconds
        for noise in (0.5, 0.0)  # what is read with noise is another every time, so that nothing is kept
    )
    assert kept < 0.4 * once


def test_where_learning_looks_back_all_pairs_are_read_once_more() -> None:
    looks_back, alone = (
        estimate(config(task="prefer", preference_loss=name), CARDS["0.6B"], COUNTS, machine()).seconds
        for name in ("dpo", "orpo")
    )
    assert alone < looks_back < 1.2 * alone


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"rank": 64}, "memory_gib"), ({"rank": 64}, "disk_gib"), ({"batch_size": 32}, "memory_gib"),
        ({"epochs": 6}, "seconds"), ({"epochs": 6}, "steps"), ({"precision": "fp32"}, "memory_gib"),
    ],
)  # fmt: skip
def test_what_costs_more_is_estimated_higher(changes: dict[str, Any], part: str) -> None:
    plain = estimate(config(), CARDS["0.6B"], COUNTS, machine())
    more = estimate(config(**changes), CARDS["0.6B"], COUNTS, machine())
    assert getattr(more, part) > getattr(plain, part)


@pytest.mark.parametrize("name", CARDS)
def test_four_bits_need_less_than_half_the_memory_for_the_weights(name: str) -> None:
    lora, qlora = (estimate(config(method=method), CARDS[name], COUNTS, machine()) for method in ("lora", "qlora"))
    assert qlora.memory_gib < lora.memory_gib - 0.3 * CARDS[name].size_gib


def test_a_model_of_eight_billion_needs_its_sixteen_gigabytes() -> None:
    found = estimate(config(), CARDS["8B"], COUNTS, machine())
    assert 16 < found.memory_gib < 30
    assert found.disk_gib > 15.3
    assert found.fit == "too_big"


def test_a_model_that_is_here_needs_no_disk_for_itself() -> None:
    from dataclasses import replace

    here = replace(CARDS["8B"], cached=True)
    assert estimate(config(), here, COUNTS, machine()).disk_gib < 2


@pytest.mark.parametrize(("need", "free", "word"), [(1, 8, "fits"), (7, 8, "tight"), (9, 8, "too_big")])
def test_the_badge_follows_from_need_and_free_memory(need: float, free: float, word: str) -> None:
    assert fit(need, free) == word


def test_this_machine_is_described() -> None:
    found = device.machine()
    assert found.name and found.cores >= 1 and 0 < found.free_gib <= found.memory_gib
    assert found.versions["torch"]


def test_the_probe_times_each_format_once_and_decides_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = device.matmul_rates("cpu")
    assert rates is device.matmul_rates("cpu") and all(rate > 1e8 for rate in rates.values())
    for bf16, word in ((3.0, "bf16"), (1.1, "fp32"), (0.2, "fp32")):
        monkeypatch.setattr(device, "matmul_rates", lambda _, bf16=bf16: {"fp32": 1.0, "bf16": bf16})
        assert device.training_precision("auto", "cpu") == word
    assert device.training_precision("fp32", "cuda") == "fp32"


def test_a_small_model_leaves_a_core_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    try:
        for cores, small, large in ((1, 1, 1), (2, 1, 2), (16, 4, 16)):
            monkeypatch.setattr(device, "THREADS", cores)
            device.share_cores(10_000_000)
            assert torch.get_num_threads() == small
            device.share_cores(10_000_000_000)
            assert torch.get_num_threads() == large
    finally:
        torch.set_num_threads(before)


def test_little_memory_is_a_problem_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "ENOUGH_GIB", 1e6)
    assert [problem["key"] for problem in device.machine().problems][0] == "engine.little_memory"


def test_full_tuning_needs_the_memory_of_all_that_learns_and_freezing_less() -> None:
    found = {
        method: estimate(config(method=method, precision="auto", **more), CARDS["0.6B"], COUNTS, machine()).memory_gib
        for method, more in {"lora": {}, "freeze": {"layers": 2}, "full": {}, "prefix": {}, "ia3": {}}.items()
    }
    assert found["full"] > 596e6 * (4 + 28) / 2**30  # fp32, and gradients, moments and copies
    assert found["full"] > 3 * found["freeze"] and found["freeze"] < 596e6 * 12 / 2**30


def test_full_tuning_of_a_large_model_is_said_not_to_fit_before_it_begins() -> None:
    assert estimate(config(method="full", precision="auto"), CARDS["8B"], COUNTS, machine(200.0)).fit == "too_big"


@pytest.mark.parametrize("name", CARDS)
def test_the_top_layers_alone_take_less_time_than_all(name: str) -> None:
    top, whole = (
        estimate(config(method=method, precision="auto"), CARDS[name], COUNTS, machine()).seconds
        for method in ("freeze", "full")
    )
    assert top < 0.6 * whole
