"""What the report card shows of a run that learned from thumbs."""

from __future__ import annotations

from studio.report_card import report_view
from studio.studio import Studio
from studio.ui.chat import card
from tests.made import falling, made_report, made_run
from tests.test_report_card import THUMBS
from tests.ui.learned import page, words


def test_a_wrong_row_of_thumbs_says_whether_people_liked_it(studio: Studio) -> None:
    run = made_run(falling(1, 0.1), [(100, 0.2, 37, 40)], "finished", task="prefer", preference_loss="kto")
    shown = words(card.wrong_rows(page(studio), report_view(run, made_report(**THUMBS), "en")))
    assert {"Did people like it?", "Thumb up", "Thumb down"} <= {*shown}
    assert "Those that went the wrong way (2 of 2 shown)" in shown
