"""Curves as files: a table with every step and test, pictures that need no browser, a page that needs nothing else."""

from __future__ import annotations

import csv
import io
import math
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
from PIL import Image

from studio import curves, pictures
from studio.errors import StudioError
from studio.events import Evaluated
from studio.runs import Run, fold
from studio.words import LANGS, Lang
from tests.made import falling, made_run, started, step

NAME = "</script><img src=x onerror=alert(1)> $x_1$ 奶茶"


def run_of(name: str = NAME) -> Run:
    """Ten steps, tests at 0, 5 and 10 that asked ten rows not learned and ten that are."""
    tests = [
        Evaluated(step=n, epoch=n / 5, loss=2 - n / 10, correct=n - 1 if n else 0, count=10,
                  trained_correct=n, trained_count=10)
        for n in (0, 5, 10)
    ]  # fmt: skip
    steps = [step(number, loss) for number, loss in enumerate(falling(1.0, 0.1, 10), start=1)]
    return replace(made_run(name=name), progress=fold([started(total=10), *steps, *tests]))


def rows_of(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(pictures.made(run, "csv", "en").decode())))


def test_the_table_has_a_row_for_every_step_and_for_the_test_before_the_first() -> None:
    rows = rows_of(run_of())
    assert [row["step"] for row in rows] == [str(number) for number in range(11)]
    assert rows[0]["train_loss"] == "" and float(rows[0]["validation_loss"]) == 2.0
    assert float(rows[10]["train_loss"]) == pytest.approx(0.1)
    assert [float(rows[10][name]) for name in ("validation_accuracy", "train_accuracy")] == [0.9, 1.0]
    assert rows[3]["validation_accuracy"] == rows[3]["train_accuracy"] == ""


def test_a_run_of_before_has_no_training_accuracy_in_its_table_but_all_else() -> None:
    rows = rows_of(made_run(falling(1, 0.1, 40), [(20, 0.8, 10, 40)], "finished"))
    assert rows[19]["validation_accuracy"] == "0.25" and rows[19]["train_accuracy"] == ""


def test_of_facts_the_training_accuracy_is_what_is_known_as_taught() -> None:
    test = Evaluated(step=1, epoch=1, loss=0.5, correct=0, count=0, recalled=3, taught=4)
    run = replace(made_run(), progress=fold([started(), step(1, 1.0), test]))
    (row,) = rows_of(run)
    assert row["train_accuracy"] == "0.75" and row["validation_accuracy"] == row["validation_loss"] == ""


def test_a_number_that_is_none_is_an_empty_cell() -> None:
    rows = rows_of(made_run([1.0, math.nan, 0.5]))
    assert [row["train_loss"] for row in rows] == ["1.0", "", "0.5"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_png_and_an_svg_are_drawn_without_a_browser(lang: Lang) -> None:
    with Image.open(io.BytesIO(pictures.made(run_of(), "png", lang))) as image:
        assert image.width >= 1000 and image.height >= 1000 and len(image.convert("RGB").getcolors(10**7) or []) > 50
    drawn = ElementTree.fromstring(pictures.made(run_of(), "svg", lang))
    assert drawn.tag.endswith("svg") and len(list(drawn.iter("{http://www.w3.org/2000/svg}path"))) > 20


@pytest.mark.filterwarnings("error:Glyph")
def test_without_a_chinese_font_a_picture_speaks_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "families", lambda: ["DejaVu Sans"])
    pictures.made(run_of("milk tea"), "png", "zh")


def test_a_page_is_whole_by_itself_and_a_name_in_it_stays_text() -> None:
    page = pictures.made(run_of(), "html", "zh").decode()
    assert "<img" not in page and "&lt;img" in page
    assert "<script src" not in page and page.count('class="plotly-graph-div"') == 3


@pytest.mark.parametrize("ending", ["pdf", "", "exe" * 50])
def test_another_ending_is_refused_with_those_that_are_known(ending: str) -> None:
    with pytest.raises(StudioError, match="csv, png, svg, html"):
        pictures.made(run_of(), ending, "en")


def test_a_run_without_a_step_has_no_curves() -> None:
    with pytest.raises(StudioError) as error:
        pictures.made(made_run(status="queued"), "png", "en")
    assert error.value.key == "curves.none_yet"


def test_the_columns_of_the_table_are_those_that_are_promised() -> None:
    assert tuple(rows_of(run_of())[0]) == curves.COLUMNS
