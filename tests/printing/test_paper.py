"""The report on paper says all there is to say in both languages, as files that hold all they need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from PIL import Image

from studio.data.schema import Example, Splits
from studio.errors import StudioError
from studio.evaluation.report import Answered, Report
from studio.printing import page, word
from studio.printing.cases import mended
from studio.printing.content import Told, file_name, sheet
from studio.printing.printing import PRINTS, printed
from studio.printing.sheet import Chart
from studio.studio import Studio
from studio.words import LANGS, Lang, say
from tests.fakes import FakeEngine
from tests.made import falling, made_report, made_run
from tests.test_report_card import THUMBS

MARKUP = "<script>alert(1)</script>"
RUN = made_run(falling(1.1, 0.05), [(50, 0.5, 30, 40), (100, 0.2, 37, 40)], status="finished")
LEARNED = [Example(1, "珍珠硬不硬", "差评"), Example(2, "好喝", "好评")]


def splits(*examples: Example) -> Splits:
    return Splits("data-0001", 1, "classify", ("好评", "差评"), examples or tuple(LEARNED), lesson="labels")


def answered(text: str, *, correct: bool, said: str = "好评", origin: Any = "own") -> Answered:
    return Answered(1, text, "差评", said, "好评", correct, origin)


def report(*rows: Answered, **given: Any) -> Report:
    return replace(made_report(**given), rows=rows or made_report().rows)


def told(**given: Any) -> Told:
    return Told(RUN, made_report(), splits(), **given)


def text_of(html: bytes) -> str:
    return re.sub(r"<[^>]+>", " ", html.decode())


@pytest.mark.parametrize("lang", LANGS)
def test_it_tells_data_settings_curves_scores_cases_and_the_next_step(lang: Lang) -> None:
    made = sheet(told(), lang)
    titles = [part.title for part in made.parts]
    names = ("verdict", "data", "settings", "curves", "scores", "compared", "cases", "next")
    assert titles == [say(f"printing.{name}", lang) for name in names]
    shown = text_of(page.write(made))
    assert all(words in shown for words in ("90%", "learning_rate", say("charts.title_loss", lang)))
    document = docx.Document(BytesIO(word.write(made)))
    assert [one.text for one in document.paragraphs if one.style.name == "Heading 1"] == titles
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "90%" in cells and len(document.inline_shapes) == 2, "two curves are drawn"
    assert (round(document.sections[0].page_width.cm, 1), round(document.sections[0].page_height.cm, 1)) == (21.0, 29.7)


@pytest.mark.parametrize("lang", LANGS)
def test_of_thumbs_it_says_which_way_answers_went_and_which_were_liked(lang: Lang) -> None:
    run = made_run(falling(1, 0.1), [(100, 0.2, 37, 40)], "finished", task="prefer", preference_loss="kto")
    rows = Splits("data-0001", 1, "prefer", (), (Example(1, "远吗", "不远", liked="up"),), lesson="preference")
    shown = text_of(page.write(sheet(Told(run, made_report(**THUMBS), rows), lang)))
    keys = ("printing.lesson_preference_thumbs", "report_card.not_taught_thumbs", "data_tab.liked_down")
    assert all(say(key, lang) in shown for key in keys)
    assert say("charts.title_accuracy_thumbs", lang) in shown and say("report_card.not_taught", lang) not in shown


def test_a_page_holds_all_it_needs_and_what_a_user_wrote_stays_text() -> None:
    run = replace(RUN, dataset_name=f"{MARKUP}.xlsx")
    wrong = report(answered(MARKUP, correct=False, said=MARKUP))
    html = page.write(sheet(Told(run, wrong, splits()), "zh")).decode()
    assert MARKUP not in html and "&lt;script&gt;alert(1)" in html
    assert not re.search(r'<script|\bsrc="(?!data:image/svg)|\bhref=|https?://|url\(', html)
    assert "default-src 'none'" in html


def test_word_takes_any_character() -> None:
    wrong = report(answered("\x00坏\x0b字\ud800\ufffe", correct=False))
    document = docx.Document(BytesIO(word.write(sheet(Told(RUN, wrong, splits()), "zh"))))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "坏字" in cells


def test_a_measure_that_nobody_told_the_printer_of_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    from studio.evaluation.measures import MEASURES
    from tests.made_up import measure  # noqa: F401  (it adds itself)

    try:
        few = made_report(short={"correct": 3, "count": 4, "interval": (0.3, 0.95)})
        assert "说得简短" in text_of(page.write(sheet(Told(RUN, few, splits()), "zh")))
    finally:
        del MEASURES["short"]


def test_a_case_tells_what_was_added_since_the_run_before_and_whether_it_helped() -> None:
    before = report(answered("珍珠太硬了咬不动", correct=False), answered("等了半小时", correct=False))
    now = report(answered("珍珠太硬了咬不动", correct=True, said="差评"), answered("等了半小时", correct=False))
    rows = splits(*LEARNED, Example(3, "珍珠硬得咬不动", "差评"), Example(4, "杯子很好看", "好评"))
    one, other = mended(now, rows, before, splits())
    assert one.before and one.right and one.said == "好评" and one.now == "差评"
    assert one.added == (("珍珠硬得咬不动", "差评"),)
    assert (other.text, other.right, other.added) == ("等了半小时", False, ())


def test_a_case_tells_that_its_own_answer_was_changed() -> None:
    before = report(answered("珍珠硬不硬", correct=False))
    rows = splits(Example(1, "珍珠硬不硬", "中性"))
    (one,) = mended(report(answered("别的", correct=True)), rows, before, splits())
    assert one.changed and one.now is None and one.target == "中性"


def test_without_an_earlier_run_two_wrong_rows_are_shown_with_room_to_write_and_the_persons_own_come_first() -> None:
    rows = [answered(f"第{n}条", correct=False, origin="rule" if n < 3 else "own") for n in range(5)]
    assert [one.text for one in mended(report(*rows), splits())] == ["第3条", "第4条"]
    shown = page.write(sheet(Told(RUN, report(*rows), splits()), "zh")).decode()
    assert shown.count("class=blank") == 4
    assert say("printing.nothing_wrong", "zh") in text_of(
        page.write(sheet(Told(RUN, report(answered("好", correct=True)), splits()), "zh"))
    )


def test_a_run_whose_rows_are_gone_is_told_without_them() -> None:
    shown = text_of(page.write(sheet(Told(RUN, made_report()), "en")))
    assert say("printing.rows_gone", "en") in shown


def test_curves_are_pictures_of_the_very_figures_that_the_page_shows() -> None:
    charts = [piece for part in sheet(told(), "zh").parts for piece in part.pieces if isinstance(piece, Chart)]
    assert [chart.title for chart in charts] == [say(f"charts.title_{name}", "zh") for name in ("loss", "accuracy")]
    for chart in charts:
        assert b"<svg" in chart.drawn("svg") and Image.open(BytesIO(chart.drawn("png"))).width > 1000
    begun = sheet(Told(made_run([]), made_report(), splits()), "zh")
    assert not [piece for part in begun.parts for piece in part.pieces if isinstance(piece, Chart)]


def test_a_file_has_a_name_that_any_system_takes() -> None:
    assert file_name("优化报告", '../评价: "六月".xlsx') == "优化报告-评价-六月" and file_name("a", "...") == "a"


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(FakeEngine(), tmp_path / "home") as made:
        yield made


def trained(studio: Studio, dataset: str) -> str:
    run = studio.train(studio.plan(dataset, changes={"epochs": 2}).config).id
    studio.evaluate(run)
    return run


def test_a_second_run_is_told_from_the_first(studio: Studio) -> None:
    rows = [(f"{asked}第{n}号", f"{n}点") for n in range(8) for asked in ("几点开门", "几时开门", "什么时候开")]
    dataset = studio.data.add_rows("问答", "chat", rows).id
    first = trained(studio, dataset)
    studio.data.insert(dataset, "周末几点关", "十点")
    second = trained(studio, dataset)
    for ending in PRINTS:
        name, content = printed(studio, second, ending, "zh")
        assert name == f"优化报告-问答{ending}" and content
    studio.delete(first)
    studio.delete_data(dataset)
    assert printed(studio, second, ".html", "en")[0] == "Report-on-the-training-问答.html"


def test_what_was_not_tested_and_what_is_no_format_is_said(studio: Studio) -> None:
    dataset = studio.data.add_rows(
        "评价", "classify", [(f"{n}很好喝", "好评") for n in range(9)] + [("难喝", "差评")] * 9
    ).id
    run = studio.train(studio.plan(dataset, changes={"epochs": 1}).config).id
    for ending, key in (
        (".html", "printing.no_report"),
        (".pdf", "printing.no_such_format"),
        ("", "printing.no_such_format"),
    ):
        with pytest.raises(StudioError) as refusal:
            printed(studio, run, ending, "zh")
        assert refusal.value.key == key and refusal.value.say("zh") and refusal.value.say("en")
