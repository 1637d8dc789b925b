"""What columns are for: by their names in Chinese and English, else by what they hold."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from studio.config import Task
from studio.data.intake.examples import to_rows
from studio.data.intake.intake import Wish, understand
from studio.data.intake.roles import guess
from studio.data.schema import Example, Message, Role, Table
from tests.data.conftest import refusal

REVIEWS = ["珍珠很软糯，好喝", "等太久了，冰都化了", "还行，一般般吧", "下次还来，推荐", "太甜了，腻", "店员很热情"] * 3
REVIEWS = [f"{review}{number}" for number, review in enumerate(REVIEWS)]
LABELS = ["好评", "差评", "中性", "好评", "差评", "好评"] * 3
QUESTIONS = [f"第{number}种茶怎么卖" for number in range(18)]
ANSWERS = [f"第{number}种茶卖{number + 8}块钱，半糖更好喝" for number in range(18)]


def table(*columns: tuple[str, Sequence[str]]) -> Table:
    rows = tuple(zip(*(values for _, values in columns), strict=True))
    return Table(tuple(name for name, _ in columns), rows, tuple(range(2, len(rows) + 2)), format="csv")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("评论", "标签"), ("review", "label"), ("Text", "Sentiment"), ("内容", "类别"), ("foo", "bar"), ("A", "B"),
        ("顾客评价（必填）", "情感倾向"), ("comment_text", "class"), (" 评论内容 ", "标注"), ("句子", "分类"),
        ("留言内容", "评价结果"),
    ],
)  # fmt: skip
def test_reviews_and_labels_are_found_under_any_sensible_header(text: str, label: str) -> None:
    numbers = [str(number) for number in range(18)]
    roles, task = guess(table(("序号", numbers), (label, LABELS), (text, REVIEWS)))
    assert (roles, task) == ({"序号": "ignore", label: "label", text: "text"}, "classify")


@pytest.mark.parametrize(
    ("prompt", "reply"),
    [
        ("问题", "答案"), ("question", "answer"), ("Q", "A"), ("prompt", "completion"), ("顾客提问", "客服回复"),
        ("instruction", "output"), ("user", "assistant"), ("问", "答"), ("foo", "bar"), ("A", "B"),
    ],
)  # fmt: skip
def test_questions_and_answers_are_found_under_any_sensible_header(prompt: str, reply: str) -> None:
    roles, task = guess(table((prompt, QUESTIONS), (reply, ANSWERS)))
    assert (roles, task) == ({prompt: "prompt", reply: "reply"}, "chat")


def test_zero_and_one_are_labels_and_stay_text() -> None:
    ones = table(("review", REVIEWS), ("label", [str(number % 2) for number in range(18)]))
    roles, task = guess(ones)
    assert task == "classify"
    assert [example.target for example in to_rows(ones, roles, task)[0]] == ["0", "1"] * 9


def test_a_category_beside_questions_and_answers_is_left_out() -> None:
    roles, task = guess(table(("问题", QUESTIONS), ("分类", LABELS), ("答案", ANSWERS)))
    assert (roles, task) == ({"问题": "prompt", "分类": "ignore", "答案": "reply"}, "chat")


def test_a_reply_of_the_shop_beside_labelled_reviews_is_left_out() -> None:
    roles, task = guess(table(("评论", REVIEWS), ("标签", LABELS), ("商家回复", ANSWERS)))
    assert (roles, task) == ({"评论": "text", "标签": "label", "商家回复": "ignore"}, "classify")


def test_questions_can_be_classified() -> None:
    assert guess(table(("问题", QUESTIONS), ("类别", LABELS))) == ({"问题": "text", "类别": "label"}, "classify")


def test_a_column_called_review_that_holds_labels_is_the_label() -> None:
    assert guess(table(("正文", REVIEWS), ("评价", LABELS)))[0] == {"正文": "text", "评价": "label"}


def test_a_person_overrules_the_guess_and_the_rest_is_guessed() -> None:
    given: dict[str, Role] = {"商家回复": "text"}
    roles, task = guess(table(("评论", REVIEWS), ("标签", LABELS), ("商家回复", ANSWERS)), "classify", given)
    assert roles == {"评论": "ignore", "标签": "label", "商家回复": "text"}
    assert task == "classify"


def test_instruction_and_input_make_one_prompt_together() -> None:
    alpaca = table(("instruction", ["翻译", "写诗"]), ("input", ["茶", ""]), ("output", ["tea", "床前明月光"]))
    roles, task = guess(alpaca)
    examples, _, _ = to_rows(alpaca, roles, task)
    assert [(example.text, example.target) for example in examples] == [("翻译\n茶", "tea"), ("写诗", "床前明月光")]


def test_system_and_history_become_the_context() -> None:
    for history in ([["在吗", "在"]], [["user", "在吗"], ["assistant", "在"]]):
        chat = table(
            ("prompt", ["几点开门"]), ("reply", ["九点"]), ("system", ["店员"]), ("history", [json.dumps(history)])
        )
        examples, _, dropped = to_rows(chat, *guess(chat))
        context = (Message("system", "店员"), Message("user", "在吗"), Message("assistant", "在"))
        assert examples == [Example(1, "几点开门", "九点", context)]
        assert dropped == []


def test_a_history_that_nobody_can_read_costs_its_row_and_is_reported() -> None:
    chat = table(("prompt", ["a", "b"]), ("reply", ["c", "d"]), ("history", ["", "昨天聊过"]))
    examples, _, dropped = to_rows(chat, *guess(chat))
    assert len(examples) == 1
    assert dropped == [{"row": 3, "reason": "data.bad_history"}]


def test_rows_without_text_are_dropped_and_rows_without_label_kept_to_be_labelled() -> None:
    reviews = table(("评论", ["好喝", "\u3000 ", "一般", "NA"]), ("标签", ["好评", "差评", "", "None"]))
    examples, repaired, dropped = to_rows(reviews, *guess(reviews))
    assert [(example.number, example.text, example.target) for example in examples] == [
        (1, "好喝", "好评"), (2, "一般", ""), (3, "NA", "None"),
    ]  # fmt: skip
    assert dropped == [{"row": 3, "reason": "data.no_text"}]
    assert repaired == []


def test_labels_are_trimmed_and_reported_and_otherwise_left_alone() -> None:
    reviews = table(("评论", ["a", "b", "c"]), ("标签", [" 好评\u3000", "positive", "差评"]))
    examples, repaired, _ = to_rows(reviews, *guess(reviews))
    assert [example.target for example in examples] == ["好评", "positive", "差评"]
    assert repaired == [{"row": 2, "reason": "data.trimmed", "text": "好评"}]


def test_labels_of_one_sense_get_one_spelling_only_when_asked() -> None:
    labels = ["好评", "好评", "👍", "positive", "5星", "差评", "Negative", "差评", "一般", "自定义"]
    reviews = table(("评论", [f"第{n}条" for n in range(10)]), ("标签", labels))
    examples, repaired, _ = to_rows(reviews, *guess(reviews), normalise_labels=True)
    assert [example.target for example in examples] == ["好评"] * 5 + ["差评"] * 3 + ["一般", "自定义"]
    assert repaired[0] == {"row": 4, "reason": "data.respelled", "before": "👍", "after": "好评"}


def test_one_column_is_refused_unless_a_person_says_it_is_to_be_labelled() -> None:
    lonely = table(("评论", REVIEWS))
    assert refusal(lambda: guess(lonely)) == "data.one_column"
    roles, task = guess(lonely, "classify")
    assert all(example.target == "" for example in to_rows(lonely, roles, task)[0])


def test_reviews_beside_other_words_are_not_taken_for_a_chat() -> None:
    towns = [f"第{number}大街" for number in range(18)]
    assert refusal(lambda: guess(table(("评论", REVIEWS), ("街道", towns)))) == "data.one_column"


def test_an_empty_label_column_makes_a_dataset_to_be_labelled() -> None:
    assert guess(table(("评论", REVIEWS), ("标签", [""] * 18))) == ({"评论": "text", "标签": "label"}, "classify")


@pytest.mark.parametrize(("task", "given", "key"), [
    (None, {"没有": "text"}, "data.no_such_column"),
    ("classify", {"评论": "ignore"}, "data.no_text_column"),
])  # fmt: skip
def test_impossible_wishes_are_refused(task: Task | None, given: dict[str, Role], key: str) -> None:
    assert refusal(lambda: guess(table(("评论", REVIEWS), ("标签", LABELS)), task, given)) == key


def test_a_text_column_that_is_empty_is_refused() -> None:
    reviews = table(("评论", ["", " "]), ("标签", ["好评", "差评"]))
    assert refusal(lambda: to_rows(reviews, {"评论": "text", "标签": "label"}, "classify")) == "data.no_text_at_all"


@pytest.mark.parametrize("name", ["star", "Stars", "rating", "score", "评分", "星级", "sentiment", "оценка", "평점"])
def test_of_many_judgements_the_one_that_is_called_a_rating_is_the_label(name: str) -> None:
    aspects = [(f"口味{kind}", [str((number * kind) % 2) for number in range(18)]) for kind in range(1, 6)]
    stars = [f"{number % 5 + 1}.0" for number in range(18)]
    roles, task = guess(table(*aspects[:2], ("评论", REVIEWS), *aspects[2:], (name, stars)))
    assert (roles[name], roles["评论"], task) == ("label", "text", "classify")
    assert [role for role in roles.values() if role != "ignore"] == ["text", "label"]


def test_of_columns_that_could_all_be_the_label_the_note_says_which_was_taken() -> None:
    aspects = [(f"方面{kind}", LABELS) for kind in "甲乙丙"]
    _, report = understand(table(("评论", REVIEWS), *aspects), Wish(), "表")
    noted = {note["reason"]: note for note in report.notes}["data.label_guessed"]
    assert (noted["column"], noted["columns"]) == ("方面甲", "方面乙、方面丙")
    _, named = understand(table(("评论", REVIEWS), *aspects[:2], ("标签", LABELS)), Wish(), "表")
    assert "data.label_guessed" not in {note["reason"] for note in named.notes}


PAIRED_NAMES = [
    ("Вопрос клиента", "Шаблон ответа"), ("pregunta", "respuesta"), ("question", "réponse"), ("Frage", "Antwort"),
    ("pergunta", "resposta"), ("質問", "回答"), ("고객 질문", "답변 내용"), ("Câu hỏi", "Câu trả lời"),
    ("pertanyaan", "jawaban"),
    ("السؤال", "الجواب"), ("Soru", "Cevap"), ("Domanda", "Risposta"), ("Texto de la pregunta", "Texto de la respuesta"),
    ("Запитання", "Відповідь"),
]  # fmt: skip


@pytest.mark.parametrize(("asks", "answers"), PAIRED_NAMES)
def test_questions_and_answers_are_found_in_other_languages_beside_columns_of_few_values(
    asks: str, answers: str
) -> None:
    around = (("ID вопроса", [str(number) for number in range(18)]), ("Аудитория", LABELS), ("category", LABELS))
    short = [f"{number} 号？" for number in range(18)]
    roles, task = guess(table(*around, (answers, short), (asks, ANSWERS)))  # the names say it, not the looks
    assert ({name for name, role in roles.items() if role != "ignore"}, task) == ({asks, answers}, "chat")
    assert (roles[asks], roles[answers]) == ("prompt", "reply")


def test_a_column_that_asks_beside_a_longer_one_that_does_not_is_a_chat_under_any_name() -> None:
    asked = [f"{number} sorszámú teát mennyiért adják?" for number in range(18)]
    told = [f"A {number} sorszámú tea ára {number + 500} forint, félig édesen is kérhető." for number in range(18)]
    columns = (("csoport", LABELS), ("fok", ["1", "2", "3"] * 6), ("b", told), ("a", asked))
    roles, task = guess(table(*columns))
    assert (roles, task) == ({"csoport": "ignore", "fok": "ignore", "b": "reply", "a": "prompt"}, "chat")
    judged = table(*columns[2:], ("y", ["0", "1"] * 9))  # whether the one answers the other
    assert guess(judged)[1] == "classify"
    reviews = table(("x", REVIEWS), ("y", LABELS), ("z", [f"{review}，谢谢光临" for review in REVIEWS]))
    assert guess(reviews)[1] == "classify"


ATTRIBUTES = [f"品类#茶*产地#{place}*重量#{number}克" for number, place in enumerate(["杭州", "福州", "黄山"] * 6)]
MADE = [
    ("content", "summary"), ("text", "summary"), ("source", "target"), ("src", "tgt"), ("input", "output"),
    ("context", "response"), ("article", "highlights"), ("original", "translation"),
    ("原文", "摘要"), ("原文", "译文"), ("正文", "标题"),
    ("内容", "标题"), ("关键词", "文案"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "answered"), MADE)
@pytest.mark.parametrize("told", [ANSWERS, REVIEWS])
def test_of_two_columns_one_is_made_of_the_other_in_the_direction_that_their_names_say(
    asked: str, answered: str, told: list[str]
) -> None:
    roles, task = guess(table((answered, told), ("no", [str(number) for number in range(18)]), (asked, QUESTIONS)))
    assert (roles, task) == ({answered: "reply", "no": "ignore", asked: "prompt"}, "chat")


def test_a_text_that_is_made_of_keywords_is_asked_for_with_them_whatever_they_are_called() -> None:
    for asked, answered in (("content", "summary"), ("x", "y")):
        roles, task = guess(table((answered, ANSWERS), (asked, ATTRIBUTES)))
        assert (roles, task) == ({answered: "reply", asked: "prompt"}, "chat")


def test_a_pair_beside_a_label_or_a_question_is_no_direction() -> None:
    assert guess(table(("content", REVIEWS), ("summary", ANSWERS), ("label", LABELS)))[0]["content"] == "text"
    roles, task = guess(table(("question", QUESTIONS), ("context", REVIEWS), ("response", ANSWERS)))
    assert (roles, task) == ({"question": "prompt", "context": "prompt", "response": "reply"}, "chat")


def test_keywords_beside_titles_that_ask_are_no_answers() -> None:
    titles = [f"第{number}种茶怎么泡才好喝？" for number in range(12)]
    words = [f"第{number}种茶,茶叶,水温" if number % 2 else "" for number in range(12)]
    columns = (("A", ["news_tea", "news_food", "news_shop"] * 4), ("B", titles), ("C", words))
    assert guess(table(*columns)) == ({"A": "label", "B": "text", "C": "ignore"}, "classify")
