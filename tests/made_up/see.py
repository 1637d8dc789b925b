"""Adds all of them, uses them from the terminal, builds the page, and prints what was to be seen of them as JSON.

`python -m tests.made_up.see HOME MODEL`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
from typer.testing import CliRunner

from studio.assembled import Studio
from studio.engine import load
from studio.engine.batches import collate
from studio.engine.encode import Encoded
from studio.engine.loss import losses
from studio.report_card import report_view
from studio.words import LANGS, catalogue
from tests.made_up import format, head, measure, method  # noqa: F401  (they add themselves)


def off_by(folder: Path) -> float:
    """How far the loss of the model in `folder` is from transformers' own."""
    base, row = load.base(folder, "none", "fp32"), Encoded(1, tuple(range(10, 15)), (20, 21, 2), "a")
    asked, said = (torch.tensor([ids]) for ids in (row.prompt, row.completion))
    labels = torch.cat([torch.full_like(asked, -100), said], dim=1)
    theirs = base.model(input_ids=torch.cat([asked, said], dim=1), labels=labels).loss
    return abs(float(losses(base, collate([row], 0)).mean()) - float(theirs))


def main(home: Path, model: str) -> None:
    from studio.cli import app
    from studio.ui.app import build_app

    def run(*words: str) -> Any:
        done = CliRunner().invoke(app, [*words, "--home", str(home), "--json"], catch_exceptions=False)
        return json.loads(done.stdout)

    def help_of(command: str) -> str:
        return CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout

    rows = home.with_name("rows.csv")
    rows.write_text("text,label\n" + "".join(f"很好{n},好评\n很差{n},差评\n" for n in range(12)), encoding="utf-8")
    dataset = run("import", str(rows))["dataset"]
    done = run("train", dataset, "--model", model, "--method", "queries", "--set", "epochs=1")
    report = run("evaluate", done["run"])
    made = run("export", done["run"], "--format", "listing", "--out", str(home.with_name("listing")))
    scaled = head.make(home.with_name("granite"))
    other = run("train", dataset, "--model", str(scaled), "--set", "epochs=1", "--set", "precision=fp32")
    merged = run("export", other["run"], "--format", "merged", "--out", str(home.with_name("merged")))
    with Studio(home) as studio:
        read = studio.report(done["run"])
        assert read is not None
        card = {lang: [line.name for line in report_view(studio.run(done["run"]), read, lang).scores] for lang in LANGS}
        page = json.dumps(build_app(studio, lambda folder, name: "/").config, default=str)
    print(json.dumps({
        "help": {name: help_of(name) for name in ("train", "evaluate", "export")},
        "run": done, "report": report, "made": made, "card": card, "page": page, "merged": merged,
        "off_by": off_by(home.with_name("merged")),
        "learned": home.with_name("listing").joinpath("weights.txt").read_text(encoding="utf-8"),
        "words": catalogue("en"),
    }))  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
