"""What the report card says: a report in, words out."""

from __future__ import annotations

from dataclasses import asdict

from studio.intervals import wilson
from studio.report_card import report_view
from tests.made import falling, made_report, made_run

RUN = made_run(falling(1.1, 0.05), [(50, 0.5, 30, 40), (100, 0.2, 37, 40)], status="finished")
FACTS = {"recalled": 29, "count": 30, "interval": wilson(29, 30)}


def test_the_card_shows_the_light_of_its_run() -> None:
    lamp = report_view(RUN, made_report(), "en").lamp
    assert (lamp.colour, lamp.name) == ("green", "Learned")
    assert lamp.why == "90% of the rows it never saw are right: its true level lies between 82% and 95%."


def test_facts_are_told_as_they_were_taught_first_with_those_that_are_missed() -> None:
    missed = {"number": 7, "text": "几点开门", "target": "八点", "tuned": "九点"}
    view = report_view(RUN, made_report(taught={**FACTS, "missed": [missed]}), "zh")
    assert (view.lamp.colour, view.lamp.name) == ("green", "学会了")
    assert view.lamp.why.startswith("你教的 30 件事，记住 29 件。换个问法，答对 90%")
    assert (view.missed[0].text, view.missed[0].tuned, view.missed_total) == ("几点开门", "九点", 1)
    assert [score.name for score in view.scores][:2] == ["照原话问", "换个问法"] and view.scores[0].main


def test_twenty_missed_facts_are_shown_and_the_rest_counted() -> None:
    missed = [{"number": n, "text": f"问{n}", "target": "答", "tuned": "错"} for n in range(33)]
    view = report_view(RUN, made_report(taught={**FACTS, "recalled": 0, "missed": missed}), "zh")
    assert (len(view.missed), view.missed_total) == (20, 33)


def test_it_says_how_many_questions_were_made_by_rule() -> None:
    rows = [
        {**asdict(row), "origin": origin} for row, origin in zip(made_report().rows, ("rule", "written"), strict=True)
    ]
    facts = {**FACTS, "missed": []}
    mixed = report_view(RUN, made_report(taught=facts, rows=rows), "zh").remarks
    assert any("1 道是小灶照规则换的说法，1 道是你自己的" in remark for remark in mixed)
    ruled = report_view(RUN, made_report(taught=facts, rows=rows[:1]), "en").remarks
    assert any("All 1 questions" in remark for remark in ruled)
    assert not any("规则" in remark for remark in report_view(RUN, made_report(), "zh").remarks)


def test_a_sample_of_the_facts_is_called_one() -> None:
    taught = {**FACTS, "recalled": 63, "count": 64, "missed": []}
    assert report_view(RUN, made_report(taught=taught), "zh").lamp.why.startswith("抽问你教的 64 件事，记住 63 件")


def test_no_row_is_pointed_at_where_none_is_wrong() -> None:
    every = {"correct": 12, "count": 12, "interval": wilson(12, 12), "macro_f1": 1.0}
    most = {**every, "correct": 10, "interval": wilson(10, 12)}
    lamp = report_view(RUN, made_report(tuned=every, base=most, count=12), "zh").lamp
    assert lamp.name == "和学之前差不多" and "错" not in lamp.action


THUMBS = {
    "task": "prefer",
    "of_thumbs": True,
    "labels": [],
    "confusion": [],
    "baseline": {},
    "base": {"correct": 0, "count": 0, "interval": [0, 1]},
    "rows": [
        {"number": 1, "text": "能退吗", "target": "不退！", "base": "", "tuned": "", "correct": False, "liked": "down"},
        {
            "number": 2,
            "text": "几点开",
            "target": "您好，九点。",
            "base": "",
            "tuned": "",
            "correct": False,
            "liked": "up",
        },
    ],
}


def test_the_card_of_thumbs_says_what_was_counted_and_of_a_wrong_row_whether_it_was_liked() -> None:
    run = made_run(falling(1, 0.1), [(100, 0.2, 37, 40)], "finished", task="prefer", preference_loss="kto")
    view = report_view(run, made_report(**THUMBS), "zh")
    assert [(row.target, row.liked, row.base) for row in view.wrong] == [
        ("不退！", "down", ""),
        ("您好，九点。", "up", ""),
    ]
    assert view.scores[0].counted == "100 条里方向对的 90 条" and "方向对的 90 条" in view.lamp.why
    assert not any("答对" in words for words in (view.lamp.why, view.lamp.action, *view.remarks))


def test_scores_stand_beside_what_they_must_beat_with_counts_and_intervals() -> None:
    scores = report_view(RUN, made_report(), "en").scores
    assert [score.name for score in scores] == [
        "After learning", "Before", "Always the commonest", "The simple way: which words are used (TF-IDF)",
        "Rows it learned",
    ]  # fmt: skip
    assert (scores[0].percent, scores[0].counted, scores[0].main) == ("90%", "90 of 100", True)
    assert scores[0].sure == "its true level lies between 82% and 95%"


def test_what_both_get_together_stands_beside_the_simple_way() -> None:
    both = {"correct": 93, "count": 100, "interval": wilson(93, 100), "macro_f1": 0.93}
    names = [score.name for score in report_view(RUN, made_report(together=both), "en").scores]
    assert names[3:5] == ["The simple way: which words are used (TF-IDF)", "Both together"]


def test_a_score_of_few_rows_says_so() -> None:
    few = {"correct": 9, "count": 10, "interval": wilson(9, 10), "macro_f1": 0.9}
    assert "10 rows are too few" in report_view(RUN, made_report(tuned=few, count=10), "en").scores[0].sure


def test_chat_has_no_baselines_and_tells_how_many_are_exact() -> None:
    tuned = {"correct": 9, "count": 10, "interval": wilson(9, 10), "exact": 0.7, "similarity": 0.93}
    view = report_view(RUN, made_report(task="chat", baseline={}, tuned=tuned), "en")
    assert len(view.scores) == 3 and view.remarks[0].startswith("70% word for word")


def test_the_wrong_rows_are_shown_as_they_are_ten_at_most() -> None:
    row = {"number": 2, "text": "<b>难喝</b>", "target": "差评", "base": "差评", "tuned": "好评", "correct": False}
    view = report_view(RUN, made_report(rows=[row] * 30), "zh")
    assert (len(view.wrong), view.wrong_total) == (10, 30)
    assert view.wrong[0].text == "<b>难喝</b>"


def test_no_test_rows_divide_nothing() -> None:
    none = {"correct": 0, "count": 0, "interval": [0.0, 1.0], "accuracy": 0.0, "macro_f1": 0.0}
    report = made_report(tuned=none, base=none, count=0, rows=[])
    assert report_view(RUN, report, "en").scores[0].percent == "0%"
