"""A file of pairs, or of thumbs, goes the whole way from the terminal: read, learned, judged, asked, kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.words import LANGS, catalogue, say
from tests.engine.conftest import make_model
from tests.test_cli import Terminal

THINGS, ASKED = ("奶茶", "咖啡", "红茶", "蛋糕"), ("多少钱", "好喝吗", "能退吗", "有优惠吗", "在哪里买")
FAST = ("--set", "epochs=4", "--set", "evaluations=2", "--set", "learning_rate=0.003", "--set", "precision=fp32")


def pairs() -> list[dict[str, str]]:
    return [
        {"prompt": thing + asked, "chosen": f"您好，{thing}的事我帮您问。", "rejected": f"{thing}？不知道。"}
        for thing in THINGS
        for asked in ASKED
    ]


@pytest.mark.slow
def test_from_a_file_to_an_answer(tmp_path: Path) -> None:
    terminal, model = Terminal(tmp_path / "home"), str(make_model(tmp_path / "tiny"))
    table = tmp_path / "pairs.jsonl"
    table.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in pairs()), encoding="utf-8")
    read = terminal.ok("import", str(table))
    assert (read["task"], read["lesson"], read["rows"]) == ("prefer", "preference", 20)
    assert terminal.ok("import", str(table), "--task", "chat")["notes"][0]["reason"] == "data.rejected_left_out"
    dataset = read["dataset"]
    first = pairs()[0]
    assert terminal.ok("rows", dataset)["rows"][0] == [first["prompt"], first["chosen"], first["rejected"]]
    planned = terminal.ok("plan", dataset, "--model", model)
    assert planned["config"]["preference_loss"] == "dpo" and planned["tokens"]["taught"] == 16
    run = terminal.ok("train", dataset, "--model", model, *FAST)
    assert run["status"] == "finished" and run["metrics"]["validation_count"] == 2
    report = terminal.ok("evaluate", run["run"])
    assert report["counted"] == run["metrics"]["counted"] == "better_preferred"
    assert report["base"]["count"] == report["tuned"]["count"] == 2 and len(report["interval"]) == 2
    assert report["verdict"] in catalogue("zh") and {row["tuned"] for row in report["rows"]} <= {
        answer for one in pairs() for answer in (one["chosen"], one["rejected"])
    }
    again = terminal.ok("evaluate", run["run"], "--file", str(table))
    assert again["count"] == 20 and again["tuned"]["correct"] >= again["base"]["correct"]
    assert isinstance(terminal.ok("ask", run["run"], "奶茶多少钱")["answer"], str)
    assert terminal.ok("export", run["run"], "--out", str(tmp_path / "out"))["verified"]
    further = terminal.ok(
        "train", dataset, "--model", str(tmp_path / "out"), *FAST, "--set", "preference_loss=simpo", "--set", "epochs=1"
    )
    assert further["status"] == "finished"  # one run goes on from what another took home
    refused, _, said = terminal.run("train", dataset, "--model", model, "--set", "preference_loss=best")
    assert refused == 1 and "dpo / ipo / simpo / orpo" in said


def thumbs(folder: Path, kinds: tuple[bool, ...] = (True, False)) -> Path:
    rows = [
        {"prompt": one["prompt"], "completion": one["chosen" if liked else "rejected"], "label": liked}
        for one in pairs()
        for liked in kinds
    ]
    path = folder / "thumbs.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.slow
def test_thumbs_go_the_whole_way_too(tmp_path: Path) -> None:
    terminal, model = Terminal(tmp_path / "home"), str(make_model(tmp_path / "tiny"))
    read = terminal.ok("import", str(thumbs(tmp_path)))
    assert (read["task"], read["rows"]) == ("prefer", 40)
    assert {"reason": "data.thumbs", "up": 20, "down": 20} in read["notes"]
    dataset = read["dataset"]
    assert {row[2] for row in terminal.ok("rows", dataset)["rows"]} == {"up", "down"}
    run = terminal.ok("train", dataset, "--model", model, *FAST)
    assert run["status"] == "finished"
    report = terminal.ok("evaluate", run["run"])
    assert report["of_thumbs"] and report["base"]["count"] == 0 and len(report["interval"]) == 2
    assert (report["counted"], run["metrics"]["counted"]) == ("right_way", "right_way")
    assert {row["liked"] for row in report["rows"]} <= {"up", "down"}
    assert report["tuned"]["count"] == 4 and report["tuned"]["correct"] >= 3
    refused, _, said = terminal.run("plan", dataset, "--model", model, "--set", "preference_loss=dpo")
    assert refused == 1 and "KTO" in said


def test_thumbs_of_one_kind_are_refused_with_what_to_do(tmp_path: Path) -> None:
    terminal, model = Terminal(tmp_path / "home"), str(make_model(tmp_path / "tiny"))
    dataset = terminal.ok("import", str(thumbs(tmp_path, (False,))), "--task", "prefer")["dataset"]
    refused, _, said = terminal.run("plan", dataset, "--model", model)
    assert refused == 1 and any(say("run.only_thumbs_down", lang) in said for lang in LANGS)
