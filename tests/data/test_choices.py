"""Question banks: the choices are part of the question, and an answer says what its letter stands for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.data.datastore import DataStore
from studio.data.intake.choices import choices
from studio.data.intake.intake import Wish, understand
from studio.data.intake.later import understood
from studio.data.reading.read import read_table
from studio.data.schema import Reading, Table

ASKED = "春茶什么时候采（ ）"
WHOLE = f"{ASKED}\nA. 清明前\nB. 立秋后\nC. 冬至"
ROWS = (
    "1,单选题,春茶什么时候采（ ）,清明前,立秋后,冬至,,{},必须掌握",
    "2,单选题,泡绿茶用多热的水（ ）,八十五度,一百度,四十度,凉水,A,较常见",
    "3,多选题,哪些是绿茶（ ）,龙井,普洱,碧螺春,铁观音,{},必须掌握",
    "4,判断题,乌龙茶是半发酵茶。,对,错,,,A,较常见",
    "5,简答题,茶叶怎么存放？,,,,,密封后放在阴凉处,较常见",
)
HEADERS = (
    "序号,题型,题干,选项A,选项B,选项C,选项D,答案,难度",
    "序号,题型,题目,A,B,C,D,正确答案,难度",
    "id,type,question,option1,option2,option3,option4,answer,difficulty",
    "序号,试题类型,试题内容,选项 a,选项 b,选项 c,选项 d,标准答案,题目难度",
    "编号,类型,题面,A选项,B选项,C选项,D选项,正确答案(只能输入ABCD),难度",
    "qnumber,kind,qstem,qA,qB,qC,qD,qTrue,difficulty",
    "id,kind,question,answer_a,answer_b,answer_c,answer_d,correct_answer,difficulty",
)


def table_of(text: str, folder: Path, name: str = "题库.csv") -> Table:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_table(path, Reading())


def pairs(table: Table) -> list[tuple[str, str]]:
    examples, report = understand(table, Wish(), "题库.csv")
    assert report.task == "chat"
    return [(one.text, one.target) for one in examples]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(("one", "several"), [("A", "AC"), ("a", '"A,C"'), ("A.", "A、C"), ("清明前", "AC")])
def test_a_bank_is_asked_with_its_choices_and_answered_in_words(
    tmp_path: Path, header: str, one: str, several: str
) -> None:
    rows = "\n".join((ROWS[0].format(one), ROWS[1], ROWS[2].format(several), *ROWS[3:]))
    found = pairs(table_of(f"{header}\n{rows}\n", tmp_path))
    assert found[0] == (WHOLE, "A. 清明前")
    assert found[2] == ("哪些是绿茶（ ）\nA. 龙井\nB. 普洱\nC. 碧螺春\nD. 铁观音", "A. 龙井\nC. 碧螺春")
    assert found[3] == ("乌龙茶是半发酵茶。\nA. 对\nB. 错", "A. 对")
    assert found[4] == ("茶叶怎么存放？", "密封后放在阴凉处")


def test_a_bank_without_a_header_is_known_by_its_letters(tmp_path: Path) -> None:
    rows = "\n".join(f"{n}号茶叶什么时候采摘最好,清明前,B. 立秋后,冬至,{'ABC'[n % 3]}" for n in range(9))
    found = pairs(table_of(rows + "\n", tmp_path))
    assert len(found) == 9
    assert found[1] == ("1号茶叶什么时候采摘最好\nA. 清明前\nB. 立秋后\nC. 冬至", "B. 立秋后")


@pytest.mark.parametrize(
    "record",
    [
        {"stem": ASKED, "options": [["清明前", True], ["立秋后", False], ["冬至", False]]},
        {"question": ASKED, "choices": ["清明前", "立秋后", "冬至"], "answer": 0},
        {
            "question": ASKED,
            "choices": {"text": ["清明前", "立秋后", "冬至"], "label": ["A", "B", "C"]},
            "answerKey": "A",
        },
        {"question": ASKED, "options": {"A": "清明前", "B": "立秋后", "C": "冬至"}, "answer": "A"},
        {"question": ASKED, "options": ["A. 清明前", "B. 立秋后", "C. 冬至"], "answer": "A"},
        {"question": ASKED, "options": [{"text": "清明前", "is_correct": True}, {"text": "立秋后"}, {"text": "冬至"}]},
        {"题目": ASKED, "选项": "A、清明前 B、立秋后 C、冬至", "答案": "A"},
    ],
)
def test_choices_that_stand_in_one_cell_are_read_as_well(tmp_path: Path, record: dict[str, object]) -> None:
    others = [json.loads(json.dumps(record, ensure_ascii=False).replace("春茶", f"{n}号茶")) for n in range(4)]
    found = pairs(table_of(json.dumps([record, *others], ensure_ascii=False), tmp_path, "bank.json"))
    assert found[0] == (WHOLE, "A. 清明前")
    assert len(found) == 5


def test_numbers_name_choices_only_where_they_say_from_where_they_count(tmp_path: Path) -> None:
    header = "question,option1,option2,option3,answer\n"
    told = pairs(table_of(f"{header}几点开门,八点,九点,十点,3\n几点关门,六点,七点,八点,1\n", tmp_path))
    assert [target for _, target in told] == ["C. 十点", "A. 六点"]
    unsure = table_of(f"{header}几点开门,八点,九点,十点,2\n几点关门,六点,七点,八点,1\n", tmp_path)
    assert choices(unsure) is None


def test_an_article_is_no_letter_of_a_choice(tmp_path: Path) -> None:
    rows = "What is it,A cup,B. A pot,A mug,A\nWhat is that,A cup,A pot,A mug,B\n"
    found = pairs(table_of(f"question,option A,option B,option C,answer\n{rows}", tmp_path))
    assert [target for _, target in found] == ["A. A cup", "B. A pot"]


def test_titles_above_a_bank_and_an_answer_among_the_choices_are_understood(tmp_path: Path) -> None:
    rows = [f"第{n}号茶何时采,清明前,立秋后,冬至,大雪,{'ABCD'[n % 4]},1" for n in range(8)]
    text = "\n".join(
        ("选择题,4,129,问答题,132,138,", "题目,A,B,C,D,答案,难度", *rows, "请说出三种绿茶,龙井、碧螺春、毛峰,,,,,2")
    )
    found = pairs(table_of(f"{text}\n", tmp_path))
    assert found[0] == ("第0号茶何时采\nA. 清明前\nB. 立秋后\nC. 冬至\nD. 大雪", "A. 清明前")
    assert found[-1] == ("请说出三种绿茶", "龙井、碧螺春、毛峰")


def test_a_letter_that_no_choice_has_stays_and_the_others_are_told(tmp_path: Path) -> None:
    rows = [f"{n}号茶什么时候采,清明前,立秋后,冬至,{'ABC'[n % 3]}" for n in range(9)] + ["九号茶什么时候采,早,晚,,D"]
    found = pairs(table_of("题目,选项A,选项B,选项C,答案\n" + "\n".join(rows) + "\n", tmp_path))
    assert found[-1] == ("九号茶什么时候采\nA. 早\nB. 晚", "D")
    assert found[0][1] == "A. 清明前"


@pytest.mark.parametrize(
    "text",
    [
        "question,A,B,C,answer\n几点开门,九点,十点,十一点,随时可以来\n几点关门,六点,七点,八点,看天气\n",
        "评论,A,B,C\n很好喝的一杯,1,0,0\n太难喝了吧,0,1,0\n下次还会来的,0,0,1\n等了很久很久,1,0,0\n",
        "text,keyword1,keyword2,keyword3,label\n很好喝的一杯,茶,奶,糖,1\n太难喝了吧,茶,冰,水,0\n等了很久很久,单,人,队,2\n",
        "text,A,B,C,label\n很好喝的一杯,0.3,2,5,1\n太难喝了吧,0.1,3,4,0\n等了很久很久,0.7,8,9,2\n",
        "评论,得分1,得分2,得分3,结果是否正确\n很好喝的一杯,3,2,5,1\n太难喝了吧,1,3,4,0\n等了很久很久,7,8,9,1\n",
        "问题,答案,问题2,答案2\n几点开门,九点,几点关门,十点\n",
        "prompt,answer_a,answer_b,winner\n几点开门,九点,不知道,a\n几点关门,十点,不知道,a\n",
    ],
)
def test_other_tables_are_no_banks(tmp_path: Path, text: str) -> None:
    assert choices(table_of(text, tmp_path)) is None


def test_a_later_table_without_answers_is_asked_as_the_bank_was_taught(store: DataStore, tmp_path: Path) -> None:
    rows = "\n".join((ROWS[0].format("A"), ROWS[1], ROWS[2].format("AC"), *ROWS[3:]))
    path = tmp_path / "题库.csv"
    path.write_text(f"{HEADERS[0]}\n{rows}\n", encoding="utf-8")
    report = store.add(path).report
    later = table_of("题干,选项A,选项B,选项C\n春茶什么时候采（ ）,清明前,立秋后,冬至\n", tmp_path, "later.csv")
    found = understood(later, report.roles, report.task)
    assert "\n".join(found.table.rows[0]) == WHOLE
    assert found.asking("chat") == ("题干", "选项A", "选项B", "选项C")


def test_what_was_read_together_is_told_and_can_be_said_otherwise(store: DataStore, tmp_path: Path) -> None:
    rows = "\n".join((ROWS[0].format("A"), ROWS[1], ROWS[2].format("AC"), *ROWS[3:]))
    path = tmp_path / "题库.csv"
    path.write_text(f"{HEADERS[0]}\n{rows}\n", encoding="utf-8")
    first = store.add(path)
    told = {note["reason"]: note for note in first.report.notes}
    assert told["data.choices"]["n"] == 4
    again = store.reinterpret(first.id, Wish("chat", first.report.roles))
    assert store.pairs(again.id) == store.pairs(first.id)
    alone = store.reinterpret(first.id, Wish("chat", {f"选项{letter}": "ignore" for letter in "ABCD"}))
    assert store.pairs(alone.id)[0] == (ASKED, "A. 清明前")


def test_the_questions_of_a_bank_can_be_sorted_instead_of_answered(tmp_path: Path) -> None:
    kinds = [f"{'单选' if n % 2 else '多选'},第{n}号茶何时采,清明,立秋,冬至,{'ABC'[n % 3]}" for n in range(9)]
    table = table_of("题型,题干,选项A,选项B,选项C,答案\n" + "\n".join(kinds) + "\n", tmp_path)
    examples, report = understand(table, Wish("classify"), "题库.csv")
    assert (report.task, report.labels) == ("classify", {"多选": 5, "单选": 4})
    assert examples[0].text == "第0号茶何时采\nA. 清明\nB. 立秋\nC. 冬至"
