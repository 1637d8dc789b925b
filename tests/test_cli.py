"""The command line as a user types it: processes of their own, JSON on stdout, one clear message when it goes wrong."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio.words import catalogue, say
from tests.children import PATIENCE, commanded

ROOT = Path(__file__).parents[1]
FEW = ("--set", "epochs=2", "--set", "evaluations=2")
HAPPY = ["很好喝", "真不错", "太喜欢了", "服务热情", "下次还来"]
ANGRY = ["太难喝了", "等了很久", "再也不来", "服务很差", "包装漏了"]


def _hear_ctrl_c() -> None:
    """What is started in the background ignores Ctrl-C, and so would all that it starts: tests may run there too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True)
class Terminal:
    """`xiaozao` with a workspace of its own."""

    home: Path

    def start(self, *words: str, lang: str = "zh") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "studio.cli", *words, "--home", str(self.home), "--json"]
        env = {**os.environ, "XIAOZAO_LANG": lang, "HF_HUB_OFFLINE": "1"}
        return subprocess.Popen(
            command, cwd=ROOT, env=env, text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=_hear_ctrl_c,
        )  # fmt: skip

    def run(self, *words: str, lang: str = "zh") -> tuple[int, dict[str, Any], str]:
        """Exit code, the one JSON object of stdout, and stderr."""
        environment = {**os.environ, "XIAOZAO_LANG": lang, "HF_HUB_OFFLINE": "1"}
        code, out, err = commanded([*words, "--home", str(self.home), "--json"], environment)
        return code, json.loads(out) if out.strip() else {}, err

    def ok(self, *words: str) -> dict[str, Any]:
        code, said, err = self.run(*words)
        assert code == 0, err
        return said


Trained = tuple[Terminal, str, str]  # with its dataset of reviews and a finished run


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "home")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A terminal, its dataset of reviews and a finished run."""
    folder = tmp_path_factory.mktemp("cli")
    terminal = Terminal(folder / "home")
    table = write(folder / "reviews.csv", [("评论", "标签"), *reviews(60)])
    dataset = terminal.ok("import", str(table))["dataset"]
    run = terminal.ok("train", dataset, *FEW)
    assert run["status"] == "finished" and run["steps"] == run["total_steps"] > 0
    assert run["metrics"]["validation_count"] > 0 and run["verdict"] in catalogue("zh")
    return terminal, dataset, run["run"]


def reviews(rows: int) -> list[tuple[str, str]]:
    return [(f"第{n}次：{(HAPPY if n % 2 else ANGRY)[n // 2 % 5]}", "好评" if n % 2 else "差评") for n in range(rows)]


def write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)
    return path


def test_import_tells_what_it_understood_and_rows_give_it_back(trained: Trained) -> None:
    terminal, dataset, _ = trained
    parts = [terminal.ok("rows", dataset, "--split", part)["rows"] for part in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [48, 6, 6]
    assert sorted(row for part in parts for row in part) == sorted(map(list, reviews(60)))
    checked = terminal.ok("check", dataset)
    assert 0 < checked["score"] <= 100
    assert all({"kind", "rows", "severity"} <= finding.keys() for finding in checked["findings"])


def test_a_damaged_run_is_listed_beside_the_others(trained: Trained) -> None:
    terminal, _, run = trained
    folder = terminal.home / "runs" / run
    twin = folder.with_name("run-20200101-000000-dead")
    shutil.copytree(folder, twin)
    (twin / "job.yaml").write_bytes(b"")
    assert terminal.ok("rebuild")["runs"] == [twin.name]
    whole, damaged = terminal.ok("runs")["runs"]
    assert (whole["run"], damaged["run"], damaged["status"]) == (run, twin.name, "damaged")
    assert twin.name in damaged["failure"]["zh"]
    code, said, err = terminal.run("ask", twin.name, "好喝")
    assert code == 1 and said["error"]["key"] == "run.damaged" and "Traceback" not in err
    shutil.rmtree(twin)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_damaged_database_is_one_sentence_and_rebuild_mends_it(tmp_path: Path, lang: str) -> None:
    terminal = Terminal(tmp_path / "home")
    terminal.ok("import", str(write(tmp_path / "reviews.csv", [("评论", "标签"), *reviews(20)])))
    (terminal.home / "studio.db").write_bytes(b"not a database" * 999)
    code, said, err = terminal.run("runs", lang=lang)
    assert code == 1 and said["error"]["key"] == "workspace.damaged_database"
    assert "Traceback" not in err and "xiaozao rebuild" in err and str(terminal.home / "studio.db") in err
    made = terminal.ok("rebuild")
    assert len(made["datasets"]) == 1 and Path(made["put_aside"]).exists()
    assert terminal.ok("rows", made["datasets"][0])["rows"] == [list(row) for row in reviews(20)]


def test_doctor_says_what_is_in_no_list(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    terminal.ok("import", str(write(tmp_path / "reviews.csv", [("评论", "标签"), *reviews(20)])))
    (terminal.home / "studio.db").unlink()
    problem = next(one for one in terminal.ok("doctor")["problems"] if one["key"] == "workspace.lost")
    assert "xiaozao rebuild" in problem["zh"] and "xiaozao rebuild" in problem["en"]


def test_ask_predict_and_evaluate_use_the_tuned_model(trained: Trained, tmp_path: Path) -> None:
    terminal, _, run = trained
    asked = terminal.ok("ask", run, "太喜欢了，下次还来")
    assert asked["label"] in ("好评", "差评")
    assert sum(asked["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    _, report, said = terminal.run("evaluate", run)
    assert {"base", "tuned", "baseline", "interval", "verdict"} <= report.keys()
    assert say(report["verdict"], "zh") in said
    assert report["tuned"]["count"] == 6 and len(report["interval"]) == 2
    assert "每一类单独看" in said and report["classes"] and report["calibration"]["table"]
    table = write(
        tmp_path / "in.csv", [("编号", "评论"), *((f"00{n}", text) for n, (text, _) in enumerate(reviews(9)))]
    )
    found = terminal.ok("predict", run, str(table), str(tmp_path / "out.csv"), "--text", "评论")
    assert (found["rows"], found["answered"], found["blank"]) == (9, 9, 0) and sum(found["answers"].values()) == 9
    code, said, err = terminal.run("predict", run, str(table), str(table))
    assert code == 1 and said["error"]["key"] == "predict.onto_itself" and "Traceback" not in err
    assert terminal.ok("predict", run, str(table), str(tmp_path / "simple.csv"), "--by", "simple")["rows"] == 9
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        answered = list(csv.reader(file))
    assert [row[:2] for row in answered] == [row[:2] for row in csv.reader(table.open(encoding="utf-8-sig"))]
    assert all(row[2] in ("好评", "差评") for row in answered[1:])


def test_the_merged_zip_answers_the_same_in_plain_transformers(trained: Trained, tmp_path: Path) -> None:
    terminal, _, run = trained
    out = tmp_path / "model.zip"
    result = terminal.ok("export", run, "--format", "merged", "--out", str(out))
    assert result["verified"] is True and result["bytes"] == out.stat().st_size
    with zipfile.ZipFile(out) as archive:
        archive.extractall(tmp_path / "model")
        names = set(archive.namelist())
    assert {
        "model.safetensors",
        "tokenizer.json",
        "generation_config.json",
        "README.md",
        "README.zh.md",
        "job.yaml",
    } <= names
    texts = [text for text, _ in reviews(4)]
    mine = [terminal.ok("ask", run, text)["label"] for text in texts]
    assert plain_transformers(tmp_path / "model", texts) == mine


def plain_transformers(folder: Path, texts: list[str]) -> list[str]:
    """The answers of the exported model in a process that has never heard of the studio, as its README tells."""
    code = """
import json, sys
from transformers import AutoModelForCausalLM, AutoTokenizer
folder, texts = sys.argv[1], json.loads(sys.argv[2])
tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
answers = []
for text in texts:
    prompt = "把下面的文字分到一类：" + sys.argv[3] + "\\n\\n" + text
    ids = tokenizer.apply_chat_template([{"role": "user", "content": prompt}], add_generation_prompt=True, return_tensors="pt", return_dict=True)
    out = model.generate(**ids, max_new_tokens=20, do_sample=False)
    answers.append(tokenizer.decode(out[0, ids["input_ids"].shape[1]:], skip_special_tokens=True))
print(json.dumps(answers))
"""  # noqa: E501
    words = [str(folder), json.dumps(texts), labels_of(folder)]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=folder, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    return json.loads(done.stdout)


def labels_of(folder: Path) -> str:
    """The labels in the order the model was taught, read from the folder's own README."""
    line = next(
        line for line in (folder / "README.zh.md").read_text(encoding="utf-8").splitlines() if "分到一类：" in line
    )
    return line.split("分到一类：")[1].split("\\n")[0].strip("`\"' ")


def test_a_job_file_repeats_a_run_with_the_same_losses(trained: Trained) -> None:
    terminal, _, run = trained
    job = terminal.home / "runs" / run / "job.yaml"
    again = terminal.ok("train", str(job))
    assert losses(terminal.home, again["run"]) == losses(terminal.home, run)


def losses(home: Path, run: str) -> list[float]:
    lines = (home / "runs" / run / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return [event["loss"] for event in map(json.loads, lines) if event["kind"] == "step"]


def test_ctrl_c_keeps_what_was_learned_and_resume_goes_on(trained: Trained) -> None:
    terminal, dataset, _ = trained
    process = terminal.start("train", dataset, "--set", "epochs=200", "--set", "seed=1")
    wait_for_steps(terminal.home, 3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    stopped = json.loads(out)
    assert process.returncode == 0 and stopped["status"] == "stopped", err
    assert stopped["steps"] >= 3
    assert terminal.ok("ask", stopped["run"], "好喝")["label"]
    listed = terminal.ok("runs")["runs"]
    assert listed[0]["run"] == stopped["run"]


def wait_for_steps(home: Path, count: int) -> None:
    deadline = time.monotonic() + 120
    newest = None
    before = {path.name for path in (home / "runs").iterdir()}
    while time.monotonic() < deadline:
        fresh = {path.name for path in (home / "runs").iterdir()} - before
        newest = next(iter(fresh), newest)
        if newest and (home / "runs" / newest / "events.jsonl").exists() and len(losses(home, newest)) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("the run never got going")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_users_mistakes_are_one_message_and_exit_code_1(terminal: Terminal, tmp_path: Path, lang: str) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    one = write(tmp_path / "one.csv", [("评论",), ("好",), ("坏",)])
    picture = tmp_path / "picture.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))
    for words in (
        ("import", str(empty)),
        ("import", str(picture)),
        ("import", str(tmp_path / "nowhere.csv")),
        ("train", "data-20260101-000000-abcd"),
        ("evaluate", "run-20260101-000000-abcd"),
        ("train", str(tmp_path / "nowhere.yaml")),
    ):
        code, said, err = terminal.run(*words, lang=lang)
        assert code == 1 and said["error"][lang], words
        assert "Traceback" not in err
    code, said, err = terminal.run("import", str(one), lang=lang)
    assert "Traceback" not in err and (code == 1 or said["labels"] == {})


def test_a_rank_of_zero_one_class_and_an_unknown_model_are_refused(terminal: Terminal, tmp_path: Path) -> None:
    head, praise = ("评论", "标签"), [(text, "好评") for text, _ in reviews(20)]
    good = terminal.ok("import", str(write(tmp_path / "r.csv", [head, *reviews(20)])))["dataset"]
    same = terminal.ok("import", str(write(tmp_path / "s.csv", [head, *praise])))["dataset"]
    for words, key in (
        (("train", good, "--set", "rank=0"), "config.refused"),
        (("train", good, "--set", "rank"), "cli.not_a_pair"),
        (("train", same), "run.one_class"),
        (("train", good, "--set", "max_length=16"), "engine.nothing_to_learn"),
        (("train", good, "--model", "nobody/no-such-model"), None),
    ):
        code, said, err = terminal.run(*words)
        assert code == 1 and "Traceback" not in err, words
        assert key is None or said["error"]["key"] == key
    assert terminal.ok("runs")["runs"] == []


def test_a_wrong_command_exits_with_2(terminal: Terminal) -> None:
    assert terminal.run("trian", "x")[0] == 2
    assert terminal.run("train")[0] == 2


def test_doctor_names_the_machine(terminal: Terminal) -> None:
    said = terminal.ok("doctor")
    assert said["device"] in ("cpu", "cuda", "mps") and said["memory_gib"] > 0 and "torch" in said["versions"]
