"""The text that the starter learns from."""

import random
import zlib
from collections.abc import Callable
from itertools import islice

import pytest

from studio.data.near import normalise
from studio.engine import rehearsal
from studio.starter.characters import common_characters
from studio.starter.corpus import MANY, TALK, Mixture, documents, stream
from studio.starter.documents import Document, Language
from studio.starter.grammar import every, fill, grow, held_out, lexicon, swap_words
from studio.starter.lessons import write_each
from studio.starter.many import write_list, write_match
from studio.starter.questions import (
    held_out_questions,
    intents,
    rows,
    training_question,
    training_twins,
    write_question,
)
from studio.starter.reading import write_copy, write_fact
from studio.starter.reviews import write_review


def _texts(documents: list[Document]) -> list[str]:
    return [turn.content for document in documents for turn in document]


def _numbered(document: Document) -> tuple[str, list[str]]:
    """What is asked, and the answers, after seeing that each has the number of a line that is asked about."""
    asked, answered = (turn.content for turn in document)
    numbers, answers = zip(*(line.split(". ", 1) for line in answered.split("\n")), strict=True)
    assert list(numbers) == [str(place) for place in range(1, len(numbers) + 1)]
    assert all(f"{number}. " in asked for number in numbers)
    return asked, list(answers)


def _ngrams(texts: list[str], size: int) -> list[str]:
    return [text[i : i + size] for text in texts for i in range(len(text) - size + 1)]


def test_the_same_seed_writes_the_same_text_and_another_seed_another() -> None:
    first, again, other = (list(islice(stream(seed), 300)) for seed in (1, 1, 2))
    assert first == again
    assert len(set(first) & set(other)) < 60  # greetings are short enough to meet by chance


def test_no_document_comes_twice() -> None:
    documents = list(islice(stream(3), 20_000))
    assert len(set(documents)) == len(documents)


def test_text_is_diverse() -> None:
    texts = _texts(list(islice(stream(4), 4_000)))
    grams = _ngrams(texts, 6)
    assert len(set(grams)) / len(grams) > 0.45
    joined = "\n".join(texts).encode()
    assert len(zlib.compress(joined, 9)) / len(joined) > 0.25


def test_reviews_do_not_repeat_and_say_what_their_sentiment_is() -> None:
    rng = random.Random(5)
    reviews = [write_review(rng, "zh", "bad") for _ in range(2_000)]
    assert len({review.text for review in reviews}) > 1_900
    assert all(any(remark.sentiment == "bad" for remark in review.remarks) for review in reviews)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("topic", ["general", "shop"])
def test_every_intent_can_be_asked_in_held_out_and_in_training_phrasings(language: Language, topic: str) -> None:
    rng = random.Random(6)
    for intent in sorted(set(intents(language, topic))):
        questions = [write_question(rng, language, topic, intent) for _ in range(300)]
        assert {question.is_held_out for question in questions} >= {False}, intent
        assert all(any(piece in question.say for piece in question.accept) for question in questions), intent
        assert rows(language, topic, intent), intent


@pytest.mark.parametrize("language", ["zh", "en"])
def test_training_never_asks_a_held_out_phrasing_not_even_by_way_of_other_words(language: Language) -> None:
    rng = random.Random(7)
    for topic in ("general", "shop"):
        kept = {question.ask for question in held_out_questions(language, topic, 300)}
        for _ in range(2_000):
            question = training_question(rng, language, topic)
            assert not question.is_held_out
            assert question.ask not in kept


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("topic", ["general", "shop"])
def test_the_plainest_way_to_ask_is_always_trained(language: Language, topic: str) -> None:
    rng = random.Random(8)
    for intent in sorted(set(intents(language, topic))):
        plainest = every(lexicon(f"{language}_{topic}")[intent]["ask"][0])
        for _ in range(60):
            question = write_question(rng, language, topic, intent)
            assert not (question.is_held_out and question.ask in plainest), question
    asked = {training_question(rng, "zh", "general", "who_are_you").ask for _ in range(2_000)}
    assert {"你是谁", "你是谁？", "你是谁呀"} <= asked


def test_the_last_phase_is_mostly_single_questions_and_english_reviews_are_few() -> None:
    def share(mixture: Mixture, wanted: Callable[[Document], bool]) -> float:
        found = list(islice(documents(11, mixture), 2_000))
        return sum(map(wanted, found)) / len(found)

    def is_short_talk(document: Document) -> bool:
        return document[-1].role == "assistant" and len("".join(turn.content for turn in document)) < 120

    assert share(TALK, is_short_talk) > share(MANY, is_short_talk) + 0.1
    only_reviews = Mixture(0, 0, 1, 0, 0, 0, 0, english=1.0, english_reviews=0.0)
    assert share(only_reviews, lambda document: "the" in document[0].content.split()) == 0


def test_no_document_asks_a_held_out_question() -> None:
    kept = {question.ask for topic in ("general", "shop") for question in held_out_questions("zh", topic, 300)}
    asked = {turn.content for document in islice(stream(9), 5_000) for turn in document}
    assert not kept & asked


def test_a_question_is_asked_in_other_words_of_the_same_sense() -> None:
    said = {swap_words(random.Random(seed), "zh", "{x}什么时候关门", chance=1) for seed in range(60)}
    assert "{x}啥时候打烊" in said
    assert all(one.startswith("{x}") for one in said)
    assert swap_words(random.Random(0), "en", "how do I open a showroom", chance=1).endswith(" open a showroom")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_word_may_be_said_as_itself(language: Language) -> None:
    for entry in lexicon(f"{language}_synonyms")["swap"]:
        word, *others = entry.split("/")
        assert others, entry
        assert word not in others, entry


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_one_of_many_questions_is_answered_in_the_words_that_make_its_answer_right(language: Language) -> None:
    rng = random.Random(3)
    for _ in range(50):
        _, said = _numbered(write_list(rng, language))
        assert all(said)


def test_the_questions_of_a_list_are_matched_with_their_like() -> None:
    rng = random.Random(4)
    for _ in range(50):
        asked, answered = (turn.content for turn in write_match(rng, "zh"))
        known = {line.split(". ")[0] for line in asked.split("\n") if line[:1].isdigit()}
        pairs = [line.split(". ") for line in answered.split("\n")]
        assert {number for _, number in pairs} <= known
        assert len({number for _, number in pairs}) == len(pairs)
        assert all(f"\n{letter}. " in asked for letter, _ in pairs)


def test_twins_ask_the_same() -> None:
    rng = random.Random(5)
    for intent in sorted(set(intents("zh", "shop"))):
        first, second = training_twins(rng, "zh", "shop", intent)
        assert first.accept == second.accept


def test_there_is_no_common_character_that_the_starter_was_not_taught_to_write() -> None:
    rng = random.Random(6)
    copies = [write_copy(rng, "zh") for _ in range(12_000)]
    assert all(answer.content in question.content for question, answer in copies)
    assert set(common_characters()) <= {char for _, answer in copies for char in answer.content}


def test_invented_names_hold_any_common_character_and_no_placeholder() -> None:
    rng = random.Random(7)
    facts = [write_fact(rng, "zh") for _ in range(3_000)]
    told = "".join(tell + say for tell, _, say in facts)
    assert not set("※#{}[]|") & set(told)
    assert len(set(told) & set(common_characters())) > 2_000


def test_shop_answers_carry_no_figure() -> None:
    rng = random.Random(8)
    answers = {write_question(rng, language, "shop").say for _ in range(3_000) for language in ("zh", "en")}
    assert not [answer for answer in answers if any(char.isdigit() for char in answer)]


def test_templates_take_one_choice_and_every_slot() -> None:
    rng = random.Random(0)
    assert {grow(rng, "[a|b[c|d]]{x}", {"x": "!"}) for _ in range(50)} == {"a!", "bc!", "bd!"}
    with pytest.raises(KeyError):
        fill("{missing}", {})
    with pytest.raises(ValueError, match="unbalanced"):
        grow(rng, "[a|b")


def test_every_way_of_a_template_is_found() -> None:
    assert every("[a|b[c|d]]{x}[|!]") == {"a{x}", "a{x}!", "bc{x}", "bc{x}!", "bd{x}", "bd{x}!"}
    assert every("as it is") == {"as it is"}


def test_one_key_in_eight_is_held_out_everywhere_alike() -> None:
    share = sum(held_out(f"key {number}", 8) for number in range(8_000)) / 8_000
    assert 0.10 < share < 0.15
    assert held_out("key 1", 8) is held_out("key 1", 8)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_one_of_many_reviews_gets_its_label_from_the_set_that_is_shown(language: Language) -> None:
    rng = random.Random(3)
    for _ in range(50):
        asked, said = _numbered(write_each(rng, language))
        assert all(label in asked for label in said)


def test_no_question_that_runs_rehearse_is_one_that_the_score_keeps() -> None:
    rng = random.Random(7)
    kept: set[str] = set()
    for language, count in (("zh", 20_000), ("en", 10_000)):
        asked = (write_question(rng, language, "general") for _ in range(count))
        kept |= {normalise(question.ask) for question in asked if question.is_held_out}
    everyday = [normalise(text) for text in (*rehearsal.questions(), *(text for text, _ in rehearsal.beyond()))]
    assert kept and kept.isdisjoint(everyday)
    assert len(set(everyday)) == len(everyday)
