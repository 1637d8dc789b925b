"""Everything that writes, done on a disk that takes no more: run by a test in a file system of its own.

Says, a JSON object a line, what each action came to: "done", the key of a StudioError, or the name of what was raised.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.errors import StudioError
from studio.exporting import export_data, export_to
from studio.predict import Answerer, predict_file
from studio.studio import Studio
from studio.workspace import intact
from tests.fakes import FakeEngine

ROWS = [(f"{taste}，第{n}次来", label) for n in range(30) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))]


def fill(path: Path) -> None:
    with open(path, "wb", buffering=0) as file:
        for size in (2**20, 2**16, 2**12, 2**6, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def outcome(studio: Studio, act: Callable[[], Any]) -> str:
    try:
        with intact(studio.workspace.database):
            act()
    except StudioError as error:
        assert error.say("zh") and error.say("en")
        return error.key
    except Exception as error:  # noqa: BLE001  (what the test is about)
        return f"{type(error).__name__}: {error}"[:200]
    return "done"


def actions(studio: Studio, dataset: str, run: str, folder: Path) -> dict[str, Callable[[], Any]]:
    table = folder / "asked.csv"
    data, desk = studio.data, studio.data.labelling.desk(dataset)
    return {
        "label": lambda: desk.put(1, "差评", 0),
        "edit": lambda: data.edit(dataset, 2, text="换" * 20_000),
        "rename": lambda: data.rename(dataset, "新名字" * 300_000),
        "import": lambda: data.add(table),
        "a dataset by hand": lambda: data.add_rows("又一份", "classify", ROWS * 20),
        "train": lambda: studio.train(studio.plan(dataset, "starter").config),
        "start": lambda: studio.start(studio.plan(dataset, "starter").config),
        "evaluate": lambda: studio.evaluate(run),
        "export": lambda: studio.export(run, "merged"),
        "export elsewhere": lambda: export_to(studio, run, "merged", folder / "model.zip"),
        "export data": lambda: export_data(studio, dataset, "xlsx", folder / "rows.xlsx"),
        "predict": lambda: predict_file(Answerer(studio, run), table, folder / "answered.csv"),
        "ask": lambda: studio.classify(run, ["很好喝"]),
        "stop": lambda: studio.stop(run),
        "undo": lambda: data.undo(dataset),
        "freeze": lambda: data.freeze(dataset),
    }


def main(folder: Path) -> None:
    studio = Studio(FakeEngine(), folder / "home")
    dataset = studio.data.add_rows("评价", "classify", ROWS).id
    run = studio.train(studio.plan(dataset, "starter").config).id
    (folder / "asked.csv").write_text("评论,标签\n" + "很好喝,好评\n" * 400, encoding="utf-8")
    before = [row.target for row in studio.data.rows(dataset)[0]]
    fill(folder / "filling")
    beside = sorted(path.name for path in folder.iterdir())
    full = {name: outcome(studio, act) for name, act in actions(studio, dataset, run, folder).items()}
    left = sorted(path.name for path in folder.iterdir())
    os.unlink(folder / "filling")
    after = [row.target for row in studio.data.rows(dataset)[0]]
    again = {name: outcome(studio, act) for name, act in actions(studio, dataset, run, folder).items()}
    deleted = outcome(studio, lambda: studio.delete(run))
    studio.close()
    print(
        json.dumps({"full": full, "again": again, "same": before == after, "left": left == beside, "deleted": deleted})
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
