"""What a dataset teaches, and its exam, from a terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from studio.console import metrics
from tests.made import falling, made_run
from tests.test_cli import Terminal


def test_facts_are_imported_their_exam_is_changed_and_the_lesson_too(tmp_path: Path) -> None:
    file = tmp_path / "hotel.csv"
    file.write_text("问题,回答\n早餐几点开始,早餐六点半到九点半\n可以带宠物吗,小型犬可以住\n", encoding="utf-8")
    terminal = Terminal(tmp_path / "home")
    imported = terminal.ok("import", str(file), "--lesson", "facts")
    dataset = imported["dataset"]
    assert imported["lesson"] == "facts"
    first = terminal.ok("exam", dataset)["questions"][0]
    assert (first["number"], first["answer"], first["origin"]) == (1, "早餐六点半到九点半", "rule")
    changed = terminal.ok("exam", dataset, "--write", "1", "几点能吃早饭", "--strike", "1", first["question"])
    by_text = {one["question"]: one for one in changed["questions"]}
    assert by_text["几点能吃早饭"]["origin"] == "written" and by_text[first["question"]]["struck"]
    code, said, _ = terminal.run("exam", dataset, "--write", "1", "早餐几点开始")
    assert (code, said["error"]["key"]) == (1, "split.question_is_taught")
    code, said, _ = terminal.run("exam", dataset, "--by-model", "1")
    assert (code, said["error"]["key"]) == (1, "table.no_real_model")
    assert terminal.run("exam", dataset, "--by-model", "-1")[0] == 2
    assert terminal.ok("teach", dataset, "manner")["lesson"] == "manner"
    code, said, _ = terminal.run("teach", dataset, "labels")
    assert (code, said["error"]["key"]) == (1, "lesson.not_of_task")


def test_the_metrics_of_a_run_tell_how_many_facts_are_known_where_facts_are_taught() -> None:
    run = made_run(falling(1.1, 0.05), [(100, 0.2, 37, 40)], status="finished")
    (test,) = run.progress.evaluations
    facts = replace(run, progress=replace(run.progress, evaluations=(replace(test, recalled=29, taught=30),)))
    assert (metrics(facts)["recalled"], metrics(facts)["taught"]) == (29, 30)
    assert "recalled" not in metrics(run)
