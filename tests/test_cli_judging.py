"""Judging from the terminal: votes told and learned, a sheet out and in, another model asked after its cost is told."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from studio.assembled import Studio
from studio.judging.client import KEY
from studio.judging.judging import at_left
from studio.judging.opinions import Asked, Correction
from tests.engine.conftest import make_model
from tests.judging.conftest import FACTS
from tests.judging.stub import judge, said
from tests.test_cli import FEW, Terminal


@pytest.mark.slow
def test_a_run_is_judged_by_people_a_sheet_and_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, model = Terminal(tmp_path / "home"), str(make_model(tmp_path / "tiny"))
    table = tmp_path / "问答.csv"
    table.write_text("问题,回答\n" + "".join(f"{asked},{reply}\n" for asked, reply in FACTS), encoding="utf-8")
    dataset = terminal.ok("import", str(table))["dataset"]
    run = terminal.ok("train", dataset, "--model", model, *FEW)["run"]
    assert terminal.run("votes", run, "--learn", "prefer")[1]["error"]["key"] == "judging.nothing_to_learn"
    assert terminal.run("votes", run, "--learn", "classify")[0] == 2

    out = tmp_path / "sheet.xlsx"
    answers = terminal.ok("sheet", run, str(out), "--questions", "3")["answers"]
    book = openpyxl.load_workbook(out)
    assert book.active.max_row == answers + 1 >= 4
    for row in book.active.iter_rows(min_row=2, min_col=5):
        for cell in row:
            cell.value = 4
    book.active["E2"] = "不好说"
    book.save(out)
    told = terminal.ok("marks", str(out), "--by", "小王")
    assert told["marks"] == 3 * answers - 1
    assert told["problems"][0]["row"] == 2 and "不好说" in told["problems"][0]["problem"]

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv(KEY, "sk-terminal")
    with judge(lambda asked, n: said('{"better": "same"}')) as stub:
        code, report, err = terminal.run("evaluate", run, "--judge", stub.address, "--judge-questions", "2")
        assert code == 0, err
        calls = [asked for _, _, asked in stub.asked if asked]
        assert calls and {asked["model"] for asked in calls} == {"judge-1"} and "sk-terminal" not in err
        assert f"{len(calls)} 次" in err and "公正的评审" in err, "what it is told and what it costs"
        again = terminal.run("evaluate", run, "--judge", stub.address, "--judge-questions", "2")
        assert "都已经评过了" in again[2] and len([asked for _, _, asked in stub.asked if asked]) == len(calls)
    (one,) = report["judged"]
    assert one["models"][0]["level"] == one["models"][0]["judged"] == len(calls) // 2
    assert one["marks"]["judges"] == ["小王"] and one["prompt"].startswith("你是一位公正的评审")
    code, refused, _ = terminal.run("evaluate", run, "--judge", "file:///etc/passwd")
    assert code == 1 and refused["error"]["key"] == "judging.bad_address"

    with Studio(tmp_path / "home") as studio:
        contest = studio.judging.contest(run)
        (number,) = studio.judging.ledger.keep(contest, [(Asked("累吗"), "不累，谢谢您。", "累")])
        studio.judging.vote(number, "王", "left" if at_left(number, "王") == "run" else "right")
        studio.judging.correct(Correction(contest.dataset, run, Asked("几点关门", (), "十点"), "不知道"))
    learned = terminal.ok("votes", run, "--learn", "prefer", "--name", "七月")
    assert learned["prefer"]["rows"] == 2 and learned["judged"][0]["votes"]["wins"] == 1
    with Studio(tmp_path / "home") as studio:
        rows, _ = studio.data.rows(learned["dataset"])
    assert [(row.text, row.target, row.rejected) for row in rows] == [
        ("累吗", "不累，谢谢您。", "累"), ("几点关门", "十点", "不知道"),
    ]  # fmt: skip
