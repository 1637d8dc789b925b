"""From the terminal: an answer cites the passage it was looked up in, four ways are compared, a report is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_cli import Terminal

MANUAL = (
    "# 制作\n\n少糖是在标准糖浆上减20%。\n\n# 打烊\n\n晚上十点打烊。\n\n问：送错了怎么办？\n答：先道歉，再重做一杯。\n"
)
FEW = ("--set", "epochs=1", "--set", "evaluations=1", "--set", "wordings=0", "--set", "rehearsal=0")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Terminal, str, Path]:
    folder = tmp_path_factory.mktemp("handbook")
    terminal, table, manual = Terminal(folder / "home"), folder / "问答.csv", folder / "手册.md"
    manual.write_text(MANUAL, encoding="utf-8")
    rows = [f"{asked}{n}号茶,{n}点" for n in range(10, 16) for asked in ("几点卖", "几时卖", "什么时候卖")]
    table.write_text("问题,答案\n" + "\n".join(rows), encoding="utf-8")
    dataset = terminal.ok("import", str(table), "--task", "chat")["dataset"]
    return terminal, terminal.ok("train", dataset, *FEW)["run"], manual


def test_an_answer_cites_the_passages_that_it_was_looked_up_in(trained: tuple[Terminal, str, Path]) -> None:
    terminal, run, manual = trained
    told = terminal.ok("ask", run, "少糖怎么做", "--handbook", str(manual))
    assert told["answer"] is not None and "减20%" in told["sources"][0]["text"]
    assert told["sources"][0]["under"] == ["制作"]
    assert terminal.ok("ask", run, "少糖怎么做")["sources"] == []
    code, refused, _ = terminal.run("ask", run, "少糖怎么做", "--handbook", str(manual.with_name("没有.pdf")))
    assert (code, refused["error"]["key"]) == (1, "data.no_such_file")


def test_a_kept_handbook_is_compared_in_the_card_and_the_report_is_written(trained: tuple[Terminal, str, Path]) -> None:
    terminal, run, manual = trained
    (kept,) = terminal.ok("handbooks", "--add", str(manual))["handbooks"]
    found = terminal.ok("evaluate", run, "--handbook", kept["id"])["handbook"]
    assert len(found["table"][0]) == 4 and found["choice"] in ("both", "look_up", "tune", "either", "neither")
    for name in ("报告.html", "报告.docx"):
        out = manual.with_name(name)
        assert terminal.ok("report", run, str(out))["bytes"] == out.stat().st_size > 5000
    code, refused, _ = terminal.run("report", run, str(manual.with_name("报告.pdf")))
    assert (code, refused["error"]["key"]) == (1, "printing.no_such_format")
    code, refused, _ = terminal.run("report", run, str(manual.with_name("没有") / "报告.html"))
    assert (code, refused["error"]["key"]) == (1, "printing.not_written")
    assert terminal.ok("handbooks", "--delete", kept["id"])["handbooks"] == []


def test_drafts_become_a_dataset(trained: tuple[Terminal, str, Path]) -> None:
    terminal, _, manual = trained
    told = terminal.ok("drafts", str(manual), "--add")
    assert {one["question"] for one in told["drafts"]} >= {"少糖是什么？", "送错了怎么办？"}
    rows = terminal.ok("rows", told["dataset"])["rows"]
    assert ["送错了怎么办？", "先道歉，再重做一杯。"] in rows
