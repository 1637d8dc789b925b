"""What a column is for may show only beside another one: names of numbers, what is asked about."""

from __future__ import annotations

from studio.data.intake.roles import guess
from studio.data.schema import Table


def test_labels_are_read_in_words_where_another_column_says_what_their_numbers_are() -> None:
    names = ("退款没到", "卡丢了", "限额多少")
    rows = tuple((f"第{n}位客户说的话，想问一问", str(n % 3 + 50), names[n % 3], str(n)) for n in range(12))
    for columns in (("text", "label", "intent", "id"), ("内容", "类别", "名称", "序号")):
        roles, task = guess(Table(columns, rows, tuple(range(1, 13)), format="rows"))
        assert (task, roles[columns[1]], roles[columns[2]]) == ("classify", "ignore", "label")
    mixed = (*rows, ("又一位客户说的话", "50", names[1], "12"))  # a number with two words is no code for either
    roles, _ = guess(Table(("内容", "类别", "名称", "序号"), mixed, tuple(range(1, 14)), format="rows"))
    assert roles["类别"] == "label"


def test_what_is_asked_about_is_a_part_of_the_question_where_only_it_tells_answers_apart() -> None:
    things = ("龙井", "普洱", "花茶")
    rows = tuple(
        (thing, ask, f"{thing}的{ask}是{n}", "小王", "") for n, thing in enumerate(things) for ask in ("价钱", "产地")
    )
    named = ("产品", "问题", "答案", "回答人", "备注")
    roles, task = guess(Table(named, rows, tuple(range(1, 7)), format="rows"))
    assert (task, roles["产品"], roles["问题"], roles["答案"], roles["回答人"]) == (
        "chat",
        "prompt",
        "prompt",
        "reply",
        "ignore",
    )
    unlike = tuple((thing, f"{thing}{ask}", *rest) for thing, ask, *rest in rows)
    roles, _ = guess(Table(named, unlike, tuple(range(1, 7)), format="rows"))
    assert roles["产品"] == "ignore"
    by_whom = tuple((who, ask, answer, "", "") for who, ask, answer, *_ in rows)
    roles, _ = guess(Table(("回答人", "问题", "答案", "一", "二"), by_whom, tuple(range(1, 7)), format="rows"))
    assert roles["回答人"] == "ignore"


def test_sentences_that_come_over_and_over_are_texts_beside_their_label() -> None:
    told = [("打印机又没有墨了", "设备"), ("登录时总是报错退出", "软件"), ("申请开通项目的权限", "权限")]
    rows = tuple(told[n % 3] for n in range(60))
    for columns in (("description", "category"), ("内容", "类别"), ("问题描述", "标签")):
        roles, task = guess(Table(columns, rows, tuple(range(1, 61)), format="rows"))
        assert (task, [*roles.values()]) == ("classify", ["text", "label"])


def test_an_answer_that_is_a_figure_answers_a_question_and_one_or_nought_judges_it() -> None:
    sums = tuple((f"1+{n}等于几？", str(n + 1)) for n in range(1, 40))
    roles, task = guess(Table(("A", "B"), sums, tuple(range(1, 40)), format="rows"))
    assert (task, [*roles.values()]) == ("chat", ["prompt", "reply"])
    judged = tuple((f"第{n}个问题怎么办理？", str(n % 2)) for n in range(40))
    for name in ("Responsible (0-Operator, 1-AI Agent)", "answer"):
        roles, task = guess(Table(("Questions", name), judged, tuple(range(40)), format="rows"))
        assert (task, [*roles.values()]) == ("classify", ["text", "label"])
