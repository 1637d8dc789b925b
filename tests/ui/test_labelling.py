"""The annotation card: answers come after the commit, nothing is overwritten, two people are kept apart."""

from __future__ import annotations

from typing import Any

import pytest

from studio.data.labelling.annotators import Pair
from studio.errors import StudioError
from studio.studio import Studio
from studio.ui.data import label as labelling
from studio.ui.kit.page import Page
from studio.words import LANGS


@pytest.fixture
def unlabelled(studio: Studio) -> str:
    dataset = studio.data.add_rows("留言", "classify", [(f"第{n}条留言", "") for n in range(1, 6)])
    studio.data.declare_labels(dataset.id, ["好评", "差评"])
    return dataset.id


def act(page: Page, dataset: str, do: str, **details: Any) -> dict[str, Any]:
    shown = labelling.label_row(page, {"dataset": dataset, "do": do, **details})
    assert shown is not None
    return shown


def save(page: Page, dataset: str, shown: dict[str, Any], target: str, **details: Any) -> dict[str, Any]:
    return act(page, dataset, "save", number=shown["number"], revision=shown["revision"], target=target, **details)


def undo(page: Page, dataset: str, shown: dict[str, Any], **details: Any) -> dict[str, Any]:
    return act(page, dataset, "undo", number=shown["number"], last=shown["last"], **details)


def test_the_card_opens_at_the_first_row_without_a_label(page: Page, unlabelled: str) -> None:
    page.studio.data.edit(unlabelled, 1, target="好评")
    shown = act(page, unlabelled, "open")
    assert (shown["number"], shown["done"], shown["total"]) == (2, 1, 5)
    assert shown["labels"] == ["好评", "差评"]


def test_a_label_is_on_the_disk_before_the_next_row_comes(page: Page, unlabelled: str) -> None:
    shown = save(page, unlabelled, act(page, unlabelled, "open"), "差评")
    assert (shown["number"], shown["done"]) == (2, 1)
    assert page.studio.data.row(unlabelled, 1).target == "差评"


def test_skipped_rows_come_back_at_the_end(page: Page, unlabelled: str) -> None:
    shown = act(page, unlabelled, "skip", number=1)
    assert shown["number"] == 2
    for _ in range(4):
        shown = save(page, unlabelled, shown, "好评")
    assert (shown["number"], shown["done"]) == (1, 4)


def test_undo_goes_back_to_the_row_it_changed(page: Page, unlabelled: str) -> None:
    after = save(page, unlabelled, act(page, unlabelled, "open"), "好评")
    back = undo(page, unlabelled, after)
    assert (back["number"], back["target"], back["undone"]) == (1, "", True)
    assert undo(page, unlabelled, back)["undone"] is False


def test_an_undo_that_is_sent_twice_undoes_once(page: Page, unlabelled: str) -> None:
    shown = save(page, unlabelled, act(page, unlabelled, "open"), "好评")
    shown = save(page, unlabelled, shown, "差评")
    assert undo(page, unlabelled, shown)["undone"] is True
    again = undo(page, unlabelled, shown)
    assert (again["number"], again["undone"]) == (2, True)
    assert page.studio.data.progress(unlabelled) == (1, 5)


def test_an_undo_does_not_take_back_what_was_changed_elsewhere_since(page: Page, unlabelled: str) -> None:
    shown = save(page, unlabelled, act(page, unlabelled, "open"), "好评")
    page.studio.data.edit(unlabelled, 4, target="差评")
    assert undo(page, unlabelled, shown)["undone"] is False
    assert page.studio.data.progress(unlabelled) == (2, 5)


def test_undoing_a_new_row_leaves_the_card_on_one_that_exists(page: Page, unlabelled: str) -> None:
    added = page.studio.data.insert(unlabelled, "新的一条", "")
    assert undo(page, unlabelled, act(page, unlabelled, "look", number=added.number))["number"] == 5


def test_the_arrows_step_over_rows_that_are_gone(page: Page, unlabelled: str) -> None:
    page.studio.data.remove(unlabelled, 3)
    assert act(page, unlabelled, "next", number=2)["number"] == 4
    assert act(page, unlabelled, "previous", number=4)["number"] == 2
    assert act(page, unlabelled, "previous", number=1)["number"] == 1
    assert act(page, unlabelled, "next", number=5)["number"] == 5


@pytest.mark.parametrize(("asked", "found"), [(1, 1), (3, 4), (99, 5)])
def test_a_row_number_leads_to_that_row_or_the_nearest(page: Page, unlabelled: str, asked: int, found: int) -> None:
    page.studio.data.remove(unlabelled, 3)
    assert act(page, unlabelled, "look", number=asked)["number"] == found


def test_a_dataset_without_rows_has_no_card(page: Page, unlabelled: str) -> None:
    for number in range(1, 6):
        page.studio.data.remove(unlabelled, number)
    assert labelling.label_row(page, {"dataset": unlabelled, "do": "open"}) is None


def test_a_new_label_may_be_chosen_at_once_and_after_a_reload(page: Page, unlabelled: str) -> None:
    assert act(page, unlabelled, "declare", number=1, label="中性")["labels"] == ["好评", "差评", "中性"]
    assert act(page, unlabelled, "open")["labels"] == ["好评", "差评", "中性"]


def test_a_row_that_changed_elsewhere_is_shown_and_not_overwritten(page: Page, unlabelled: str) -> None:
    shown = act(page, unlabelled, "open")
    page.studio.data.edit(unlabelled, 1, target="差评")
    asked = save(page, unlabelled, shown, "好评")
    assert (asked["number"], asked["target"], asked["conflict"]) == (1, "差评", "好评")
    assert page.studio.data.row(unlabelled, 1).target == "差评"
    mine = save(page, unlabelled, asked, "好评")
    assert (mine["conflict"], mine["number"]) == (None, 2)
    assert page.studio.data.row(unlabelled, 1).target == "好评"


def test_a_label_that_is_sent_twice_is_saved_once(page: Page, unlabelled: str) -> None:
    shown = act(page, unlabelled, "open")
    first, second = save(page, unlabelled, shown, "好评"), save(page, unlabelled, shown, "好评")
    assert (first["number"], second["number"], second["conflict"]) == (2, 2, None)
    assert page.studio.data.row(unlabelled, 1).revision == 1


def test_a_reply_is_kept_without_moving_on(page: Page) -> None:
    dataset = page.studio.data.add_rows("问答", "chat", [("几点开门", ""), ("几点关门", "")]).id
    shown = act(page, dataset, "open")
    kept = act(page, dataset, "keep", number=1, revision=shown["revision"], target="九点")
    assert (kept["number"], kept["target"], kept["labels"]) == (1, "九点", [])


@pytest.fixture
def half_labelled(studio: Studio) -> str:
    """Twelve rows with a label, eight without."""
    rows = [
        (f"{taste}，第{n}次来", label) for n in range(6) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))
    ]
    rows += [(f"{taste}，第{n}回了", "") for n in range(4) for taste in ("很好喝", "太难喝")]
    return studio.data.add_rows("评价", "classify", rows).id


def suggested(page: Page, dataset: str) -> dict[str, Any]:
    """The card after the suggestions have been made."""
    act(page, dataset, "open")
    page.studio.suggesting.wait()
    return act(page, dataset, "open")


def test_a_suggestion_comes_with_its_confidence_and_is_no_label(page: Page, half_labelled: str) -> None:
    shown = suggested(page, half_labelled)
    assert (shown["number"], shown["suggestion"]["label"], shown["target"]) == (13, "好评", "")
    assert 50 < int(shown["suggestion"]["sure"].rstrip("%")) <= 100
    assert page.studio.data.progress(half_labelled) == (12, 20)


def test_all_suggestions_that_are_sure_enough_are_taken_and_given_back_at_once(page: Page, half_labelled: str) -> None:
    suggested(page, half_labelled)
    asked = {"dataset": half_labelled, "threshold": 0.5}
    found = labelling.suggestions(page, asked)
    assert (found["count"], found["source"]) == (8, page.say("label.source_words"))
    assert labelling.accept(page, {**asked, "count": 3})["accepted"] == 0  # other than what was shown
    assert labelling.accept(page, {**asked, "count": 8})["accepted"] == 8
    assert page.studio.data.progress(half_labelled) == (20, 20)
    page.studio.data.undo(half_labelled)
    assert page.studio.data.progress(half_labelled) == (12, 20)
    assert labelling.suggestions(page, asked)["count"] == 8


def test_the_least_sure_row_may_come_first(page: Page, half_labelled: str) -> None:
    suggested(page, half_labelled)
    page.studio.data.edit(half_labelled, 14, text="好喝难喝都有一点点")
    page.studio.data.edit(half_labelled, 14, text="好喝难喝都有一点点。")
    seen, shown = [], act(page, half_labelled, "open", order="uncertain")
    for _ in range(7):
        seen.append(shown["suggestion"]["sure"])
        shown = save(page, half_labelled, shown, "好评", order="uncertain")
    assert seen == sorted(seen, key=lambda sure: int(sure.rstrip("%")))
    assert shown["number"] == 14  # its text is new: nothing is suggested for it


def invited(page: Page, dataset: str, share: int = 100) -> None:
    labelling.invite(page, {"dataset": dataset, "names": ["小王", "小李"], "share": str(share)})


def test_who_labels_is_asked_only_once_a_second_person_is_invited(page: Page, unlabelled: str) -> None:
    assert act(page, unlabelled, "open")["alone"] is True
    invited(page, unlabelled)
    assert act(page, unlabelled, "open") == {"who": ["小王", "小李"]}
    assert act(page, unlabelled, "open", who="小李")["alone"] is False
    labelling.dismiss(page, {"dataset": unlabelled})
    assert act(page, unlabelled, "open")["alone"] is True


def test_neither_sees_what_the_other_said(page: Page, unlabelled: str) -> None:
    invited(page, unlabelled)
    save(page, unlabelled, act(page, unlabelled, "open", who="小王"), "好评", who="小王")
    shown = act(page, unlabelled, "open", who="小李")
    assert (shown["number"], shown["target"], shown["votes"], shown["suggestion"]) == (1, "", [], None)


def test_where_they_differ_somebody_decides(page: Page, unlabelled: str) -> None:
    invited(page, unlabelled)
    for who, labels in (("小王", "好差好好好"), ("小李", "好好好好好")):
        shown = act(page, unlabelled, "open", who=who)
        for label in labels:
            shown = save(page, unlabelled, shown, f"{label}评", who=who)
    assert page.studio.data.row(unlabelled, 2).target == ""
    assert labelling.team(page, {"dataset": unlabelled})["disputed"] == 1
    shown = act(page, unlabelled, "open", order="disputes")
    assert [vote["target"] for vote in shown["votes"]] == ["差评", "好评"]
    decided = save(page, unlabelled, shown, "差评", order="disputes")
    assert (decided["done"], decided["total"]) == (1, 1)
    assert page.studio.data.row(unlabelled, 2).target == "差评"
    assert undo(page, unlabelled, decided, order="disputes")["undone"] is True
    assert page.studio.data.row(unlabelled, 2).target == ""


@pytest.mark.parametrize("names", [["小王"], ["小王", " "], ["小王", "小王 "], ["a", "A"]])
def test_two_people_need_two_names(page: Page, unlabelled: str, names: list[str]) -> None:
    with pytest.raises(StudioError) as refused:
        labelling.invite(page, {"dataset": unlabelled, "names": names, "share": "20"})
    assert refused.value.key == "label.two_names"


@pytest.mark.parametrize("share", ["0", "101", "-3", "x", ""])
def test_a_share_that_is_none_is_refused(page: Page, unlabelled: str, share: str) -> None:
    with pytest.raises(StudioError) as refused:
        labelling.invite(page, {"dataset": unlabelled, "names": ["a", "b"], "share": share})
    assert refused.value.key == "label.bad_share"


@pytest.mark.parametrize("lang", LANGS)
def test_how_well_two_agree_is_said_in_words(studio: Studio, lang: Any) -> None:
    page = Page(studio, lang)
    dataset = studio.data.add_rows("多", "classify", [(f"第{n}条", "") for n in range(40)]).id
    invited(page, dataset)
    assert isinstance(studio.data.labelling.pair(dataset), Pair)
    said = [page.say("label.agreement_none")]
    for row in range(40):
        for who in ("小王", "小李"):
            desk = studio.data.labelling.desk(dataset, who)
            desk.put(row + 1, "b" if row % 2 and (who == "小王" or row % 10 != 5) else "a", 0)
        if row in (3, 39):
            said.append(labelling.team(page, {"dataset": dataset})["lines"][-1])
    assert said[1].endswith(page.say("label.agreement_unsure"))
    assert page.say("label.kappa_substantial") in said[2]
    assert "0.80" in said[2]
