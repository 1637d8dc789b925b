"""What the report card of the terminal refuses, in words and without a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.conftest import make_model
from tests.test_cli import FEW, Terminal, reviews, write


@pytest.mark.slow
def test_a_card_is_refused_a_file_that_it_cannot_use_before_it_asks_anything(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    table = write(tmp_path / "reviews.csv", [("评论", "标签"), *reviews(24)])
    dataset = terminal.ok("import", str(table))["dataset"]
    run = terminal.ok("train", dataset, "--model", str(make_model(tmp_path / "tiny")), *FEW)["run"]
    schema, questions = tmp_path / "schema.json", tmp_path / "everyday.txt"
    for content in ("{", '{"type": "nonsense"}', "[" * 9000):
        schema.write_text(content, encoding="utf-8")
        code, said, err = terminal.run("evaluate", run, "--schema", str(schema))
        assert (code, said["error"]["key"]) == (1, "cli.no_schema") and "Traceback" not in err
    questions.write_bytes(b"\xff\xfe\x00")
    for wrong in (questions, tmp_path / "none.txt", tmp_path):
        code, said, err = terminal.run("evaluate", run, "--everyday", str(wrong))
        assert (code, said["error"]["key"]) == (1, "cli.no_file") and "Traceback" not in err
    code, said, _ = terminal.run("evaluate", run, "--add-unknown")
    assert (code, said["error"]["key"]) == (1, "report_card.says_nothing")
