"""Labels that are codes, from a terminal."""

from __future__ import annotations

from pathlib import Path

from tests.test_cli import ANGRY, HAPPY, Terminal


def test_codes_are_said_guessed_at_and_named_from_the_terminal(tmp_path: Path) -> None:
    terminal, path = Terminal(tmp_path / "home"), tmp_path / "reviews.csv"
    lines = [f"{text},{label}" for label, texts in ((1, HAPPY), (0, ANGRY)) for text in texts]
    path.write_text("评论内容,标签\n" + "\n".join(lines), encoding="utf-8")
    code, said, err = terminal.run("import", str(path))
    assert (code, said["codes"]) == (0, {"1": "好评", "0": "差评"})
    assert f"xiaozao name-labels {said['dataset']} 1=好评 0=差评" in err
    named = terminal.ok("name-labels", said["dataset"], "1=好评", "0=差评")
    assert (named["changed"], named["labels"]) == (10, {"好评": 5, "差评": 5})
    again = terminal.ok("import", str(path), "--name-labels", "1=好评，0=差评")
    assert (again["labels"], again["codes"]) == ({"好评": 5, "差评": 5}, {})
    code, _, err = terminal.run("name-labels", said["dataset"], "3=很好")
    assert code == 1 and "没有叫“3”的分类" in err
