"""The Model tab's handlers as plain functions: a plan, changes laid over it, a job loaded, a run started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.config import RunConfig
from studio.contract import Shade
from studio.data.schema import Example, Message
from studio.errors import StudioError
from studio.jobfile import JobFile
from studio.methods import METHODS, only_for
from studio.ui.kit.page import Page
from studio.ui.model import tab as model_tab
from studio.ui.model.plan import preview_nodes
from tests.ui.test_data_tab import texts

KNOBS = list(RunConfig.knobs())


def planned(page: Page, dataset: str, **choice: str) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """The form's settings, the config and what is said of it, after a plan from the data."""
    wish = {"preset": "balanced", "model": "starter", "method": "lora", **choice}
    *settings, config, said, _, _, _ = model_tab.make_plan(page, dataset=dataset, **wish)
    values = [shown.get("value") if isinstance(shown, dict) else shown for shown in settings]
    return dict(zip(KNOBS, values, strict=True)), config, said


def test_a_plan_fills_every_setting_and_says_what_will_happen(page: Page, reviews: str) -> None:
    settings, config, said = planned(page, reviews)
    assert settings["continues"].value == "" and settings["continues"].visible is False
    assert {**config, **settings, "model": "starter", "continues": ""} == config
    splits = page.studio.data.splits(reviews)
    learned, on_the_way, at_the_end = map(len, (splits.train, splits.validation, splits.test))
    assert learned + on_the_way + at_the_end == page.studio.data.progress(reviews)[1]
    tested = f"另外 {on_the_way} 条途中考、{at_the_end} 条最后考"
    for words in (f"用 {learned} 条资料学 {config['epochs']} 遍", tested, "这台机器跑得动", "GiB"):
        assert words in texts(said)


def test_a_plan_does_not_put_back_the_model_that_it_was_asked_for(page: Page, reviews: str) -> None:
    """Another may have been clicked meanwhile; only a plan that chose by itself, as a loaded one, says which."""
    wish = {"dataset": reviews, "preset": "balanced", "method": "lora"}
    shown = model_tab.make_plan(page, model="starter", **wish)[model_tab.MODEL]
    assert "value" not in shown._constructor_args[0] and shown._constructor_args[0]["dataset"] == reviews
    config = page.studio.plan(reviews)
    assert model_tab.filled(page, config)[model_tab.MODEL].value == "starter"


@pytest.mark.parametrize(
    ("ways", "held_out"), [(("几点开门",), ""), (("几点开门", "啥时候营业", "几时能来"), "其中 1 问")]
)
def test_of_facts_only_the_rows_that_are_not_taught_are_said_to_be_held_out(
    page: Page, ways: tuple[str, ...], held_out: str
) -> None:
    rows = [*((way, "早上九点开门") for way in ways), ("邮费多少", "满五十九元包邮")]
    said = texts(planned(page, page.studio.data.add_rows("店", "chat", rows).id)[2])
    assert "考的时候换个说法问" in said and "另外" not in said
    assert ("其中" in said) == bool(held_out) and held_out in said


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_plan_with_its_own_settings_alone(page: Page, reviews: str, method: str) -> None:
    chosen = {"dataset": reviews, "preset": "balanced", "model": "starter", "method": method}
    *settings, config, said, _, start, _ = model_tab.make_plan(page, **chosen)
    shown = {
        name for name, of in zip(KNOBS, settings, strict=True) if not isinstance(of, dict) or of.get("visible", True)
    }
    knobs = RunConfig.knobs().items()
    own = {name for name, knob in knobs if not only_for(name) or name in METHODS[method].knobs}
    assert shown == {name for name in own if RunConfig.knobs()[name].is_for("classify")}
    assert start.interactive and config["method"] == method
    plain = planned(page, reviews)[1]["learning_rate"]
    assert config["learning_rate"] == pytest.approx(plain * METHODS[method].rate)
    assert ("再取它的" in texts(said)) == (METHODS[method].rate != 1)


@pytest.mark.parametrize(
    ("head", "kind", "left_out"),
    [("causal", "qwen3", set()), ("seq2seq", "t5", {"prefix"}), ("sequence", "bert", {"prefix"}),
     ("sequence", "albert", {"prefix", "freeze"})],
)  # fmt: skip
def test_ways_that_do_not_go_with_the_model_are_not_offered(
    page: Page, reviews: str, head: str, kind: str, left_out: set[str]
) -> None:
    plan = page.studio.plan(reviews)
    filled = model_tab.filled(page, replace(plan, card=replace(plan.card, head=head, kind=kind)))
    offered = {value for _, value in filled[KNOBS.index("method")]["choices"]}
    assert offered == METHODS.keys() - left_out


def test_once_something_was_learned_a_run_can_go_on_from_it_in_its_own_way(page: Page, reviews: str) -> None:
    changes = {"epochs": 1, "method": "qlora", "rank": 4, "alpha": 8}
    run = page.studio.train(page.studio.plan(reviews, changes=changes).config).id
    page.studio.data.insert(reviews, "珍珠有点硬", "差评")
    settings, config, said = planned(page, reviews, continues=run)
    assert (config["continues"], config["method"], config["rank"]) == (run, "qlora", 4)
    assert "接着上次学" in texts(said)
    assert settings["continues"].visible and [run for _, run in settings["continues"].choices] == ["", run]
    assert planned(page, reviews)[1]["continues"] == ""
    rows = [(f"第{n}杯{taste}", label) for n in range(5) for taste, label in (("好喝", "好评"), ("难喝", "差评"))]
    other = page.studio.data.add_rows("别的", "classify", rows).id
    choice = {"preset": "balanced", "model": "starter", "method": "qlora", "continues": run}
    *_, shown = model_tab.opened(page, config, dataset=other, **choice)
    assert shown[len(KNOBS)]["continues"] == ""  # which is of the other dataset


def test_a_preset_changes_how_long_it_learns(page: Page) -> None:
    dataset = page.studio.data.add_rows("多", "chat", [(f"问{n}", f"答{n}") for n in range(300)]).id
    fast, thorough = (planned(page, dataset, preset=preset)[1]["epochs"] for preset in ("fast", "thorough"))
    assert fast < thorough


def test_without_a_dataset_the_plan_says_what_to_do_first(page: Page) -> None:
    _, config, said = planned(page, "")
    assert config is None
    assert "① 数据" in texts(said)


def test_a_setting_out_of_its_limits_is_said_and_nothing_can_start(page: Page, reviews: str) -> None:
    _, config, _ = planned(page, reviews)
    kept, said, job, start, _ = model_tab.replan(page, config, "balanced", rank=0)
    assert kept == config
    assert "rank = 0" in texts(said)
    assert job is None
    assert start.interactive is False


def test_an_emptied_box_is_no_crash(page: Page, reviews: str) -> None:
    _, config, _ = planned(page, reviews)
    assert "epochs" in texts(model_tab.replan(page, config, "balanced", epochs=None)[1])


def test_coming_back_to_the_tab_keeps_changes_until_the_data_change(page: Page, reviews: str) -> None:
    _, config, _ = planned(page, reviews)
    choice = {"dataset": reviews, "preset": "balanced", "model": "starter", "method": "lora"}
    assert [shown[len(KNOBS)] for shown in model_tab.opened(page, config, **choice)] == [model_tab.UNCHANGED[0]]
    page.studio.data.insert(reviews, "又来一次，很好喝", "好评")
    *_, shown = model_tab.opened(page, config, **choice)
    assert shown[len(KNOBS)]["dataset_version"] == config["dataset_version"] + 1


def test_what_it_will_learn_shows_each_piece_with_its_shade(page: Page, reviews: str) -> None:
    _, config, _ = planned(page, reviews)
    shown = model_tab.preview(page, config)
    assert shown is not None
    *said, raw = shown[2]["children"]
    words = [(line["children"][-1]["attributes"]["class"], texts(line["children"][-1])) for line in said]
    assert [shade for shade, _ in words] == ["ignored", "learned"]
    assert [texts(line["children"][0]) for line in said] == ["文字", "分类"]
    assert words[-1][1] in ("好评", "差评") and all("<" not in text for _, text in words)
    assert raw["tag"] == "details" and "<end>" in texts(raw)


def test_a_row_is_shown_turn_by_turn_and_its_signs_only_behind_a_fold(page: Page) -> None:
    before = (Message("system", "你是店员"), Message("user", "在吗"), Message("assistant", "在"))
    example = Example(1, "几点开门", "九点", before)
    raw: list[tuple[str, Shade]] = [
        ("<|s|>你是店员<|e|><|u|>在吗<|e|><|a|>在<|e|><|u|>几点开门<|e|><|a|>", "ignored"), ("九点",
        "learned"), ("<|e|>", "end"),
    ]  # fmt: skip
    *lines, fold = preview_nodes(page, [(example, raw)], "chat")[2]["children"]  # type: ignore[index]
    said = [texts(line) for line in lines]
    assert [text.split(" ")[-1].strip() for text in said] == ["你是店员", "在吗", "在", "几点开门", "九点"]
    assert not any("<|" in text for text in said) and "<|u|>" in texts(fold)


def test_what_was_too_long_is_shown_struck_out_and_not_as_if_it_were_read(page: Page) -> None:
    example = Example(1, "很长的话几点开门", "九点", (Message("user", "在吗"), Message("assistant", "在")))
    raw: list[tuple[str, Shade]] = [
        ("<|u|>", "ignored"),
        ("在吗\n在\n很长的话", "cut"),
        ("几点开门<|e|>", "ignored"),
        ("九点", "learned"),
    ]
    *lines, _ = preview_nodes(page, [(example, raw)], "chat")[2]["children"]  # type: ignore[index]
    shades = [line["children"][-1]["attributes"]["class"] for line in lines]
    assert (
        shades == ["cut", "ignored", "learned"]
        and texts(lines[1]).endswith("几点开门")
        and "很长" not in texts(lines[1])
    )
    *lost, _ = preview_nodes(page, [(example, [("很长的话几点开门", "cut"), ("九点", "cut")])], "chat")[2]["children"]  # type: ignore[index]
    assert [line["children"][-1]["attributes"]["class"] for line in lost][-2:] == ["cut", "cut"]


def test_start_queues_the_run_with_the_forms_settings(page: Page, reviews: str) -> None:
    settings, config, _ = planned(page, reviews)
    run = model_tab.start_run(page, config, **{**settings, "model": "starter", "continues": "", "epochs": 2})
    assert page.studio.run(run).config.epochs == 2
    assert page.studio.run(run).config.dataset == reviews


def test_starting_the_same_twice_is_refused(page: Page, reviews: str) -> None:
    _, config, _ = planned(page, reviews)
    model_tab.start_run(page, config)
    with pytest.raises(StudioError) as caught:
        model_tab.start_run(page, config)
    assert caught.value.key == "run.already_running"


def test_a_saved_job_loads_into_the_form(page: Page, reviews: str, upload: Callable[[str, str], str]) -> None:
    _, config, _ = planned(page, reviews)
    job = JobFile(RunConfig.of({**config, "epochs": 7})).text()
    loaded = dict(zip(KNOBS, model_tab.load_job(page, upload("job.yaml", job), reviews), strict=False))
    assert loaded["epochs"] == 7


def test_a_job_from_elsewhere_takes_the_data_at_hand(
    page: Page, reviews: str, upload: Callable[[str, str], str]
) -> None:
    _, config, _ = planned(page, reviews)
    job = JobFile(RunConfig.of({**config, "dataset": "data-elsewhere-1", "dataset_version": 9})).text()
    loaded = model_tab.load_job(page, upload("job.yaml", job), reviews)
    assert loaded[len(KNOBS)]["dataset"] == reviews
    chat = page.studio.data.add_rows("问答", "chat", [("几点开门", "九点")] * 3).id
    with pytest.raises(StudioError) as caught:
        model_tab.load_job(page, upload("job.yaml", job), chat)
    assert caught.value.key == "model_tab.other_task"


def test_a_job_with_a_model_that_is_not_here_downloads_nothing_unseen(
    page: Page, reviews: str, upload: Callable[[str, str], str]
) -> None:
    config = RunConfig.of({**planned(page, reviews)[1], "model": "Qwen/Qwen3-8B"})
    with pytest.raises(StudioError) as caught:
        model_tab.load_job(page, upload("job.yaml", JobFile(config).text()), reviews)
    assert caught.value.key == "gallery.not_here" and "Qwen/Qwen3-8B" in caught.value.say("zh")


def test_what_is_no_job_is_refused(page: Page, reviews: str, upload: Callable[[str, str], str]) -> None:
    with pytest.raises(StudioError) as caught:
        model_tab.load_job(page, upload("job.yaml", "你好"), reviews)
    assert caught.value.key == "config.not_yaml"


def test_a_model_that_cannot_be_had_is_said_and_nothing_can_start(page: Page, reviews: str) -> None:
    chosen = {"dataset": reviews, "preset": "fast", "model": "/no/such/folder", "method": "lora"}
    *_, said, _, start, _ = model_tab.make_plan(page, **chosen)
    assert "/no/such/folder" in texts(said) and start.interactive is False
    assert "太大了" in texts(planned(page, reviews, model="Qwen/Qwen3-4B")[2])


def test_who_has_few_minutes_gets_fewer_passes_and_is_told_so(page: Page, reviews: str) -> None:
    chosen = {"dataset": reviews, "preset": "thorough", "model": "starter", "method": "lora"}
    plans = [model_tab.make_plan(page, **chosen, minutes=minutes) for minutes in (0, 0.05)]
    passes = [plan[KNOBS.index("epochs")] for plan in plans]
    assert passes[1] < passes[0] and "分钟" in texts(plans[1][len(KNOBS) + 1])


def test_a_plan_that_is_too_big_is_made_to_fit_with_one_click(page: Page, reviews: str, tmp_path: Path) -> None:
    (big := tmp_path / "big").mkdir()
    chosen = {"dataset": reviews, "preset": "balanced", "model": str(big), "method": "lora"}
    *settings, config, said, _, _, fit = model_tab.make_plan(page, **chosen)
    assert fit.visible and "装得下" not in texts(said)
    form = {name: value for name, value in config.items() if name in KNOBS}
    *_, lesser, said, _, start, fit = model_tab.make_fit(page, config, "balanced", **form)
    assert not fit.visible and start.interactive and "装得下" in texts(said)
    assert (lesser["method"], lesser["batch_size"]) == ("qlora", config["batch_size"])


def test_what_was_planned_for_other_data_cannot_be_started(page: Page, reviews: str) -> None:
    config = planned(page, reviews)[1]
    other = page.studio.data.add_rows("又一份", "chat", [(f"第{n}问", f"第{n}答") for n in range(12)]).id
    gone, said, _, start, fit = model_tab.outdated(page, config, other)
    assert gone is None and not start.interactive and not fit.visible and "算" in texts(said)
    assert [shown["__type__"] for shown in model_tab.outdated(page, config, reviews)] == ["update"] * 5  # all as it was
