"""The starter's tokenizer and chat template."""

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from studio.starter.batches import IGNORED, encode, pack
from studio.starter.characters import common_characters
from studio.starter.corpus import stream
from studio.starter.documents import talk, text
from studio.starter.tokenizer import END, TURN, train_tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    documents = islice(stream(1), 1_500)
    return train_tokenizer((turn.content for document in documents for turn in document), 6_144)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_as_it_was(tokenizer: PreTrainedTokenizerFast, content: str) -> None:
    ids = tokenizer.encode(content, add_special_tokens=False)
    assert tokenizer.decode(ids) == content


def test_common_characters_and_digits_are_one_token_each(tokenizer: PreTrainedTokenizerFast) -> None:
    assert len(common_characters()) == 3_755
    assert all(
        len(tokenizer.encode(char, add_special_tokens=False)) == 1 for char in [*common_characters(), "，", "😊"]
    )
    assert len(tokenizer.encode("20231", add_special_tokens=False)) == 5


def test_the_generation_prompt_is_a_prefix_of_the_full_talk(tokenizer: PreTrainedTokenizerFast) -> None:
    messages = [{"role": "system", "content": "资料"}, {"role": "user", "content": "你好"}]
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    whole = tokenizer.apply_chat_template([*messages, {"role": "assistant", "content": "在"}], tokenize=False)
    assert whole == prompt + "在" + END + "\n"
    assert prompt == f"{TURN}system\n资料{END}\n{TURN}user\n你好{END}\n{TURN}assistant\n"


def test_training_sees_what_the_chat_template_writes(tokenizer: PreTrainedTokenizerFast) -> None:
    document = talk("你好", "在呢", "再见", "拜拜", system="资料")
    messages = [{"role": turn.role, "content": turn.content} for turn in document]
    ids, answers = encode(tokenizer, document)
    assert ids == tokenizer.apply_chat_template(messages, return_dict=False)
    assert tokenizer.decode([token for token, is_answer in zip(ids, answers, strict=True) if is_answer]) == (
        f"在呢{END}拜拜{END}"
    )


def test_packed_rows_keep_documents_apart(tokenizer: PreTrainedTokenizerFast) -> None:
    documents = iter([talk("问", "答"), text("一二三")] * 50)
    batch = next(pack(tokenizer, documents, rows=2, length=32, only_answers=True))
    mask = batch.mask()[0, 0]
    segments, positions = batch.segments[0], batch.positions[0]
    assert batch.tokens.shape == (2, 32)
    for row in range(32):
        seen = mask[row].nonzero().flatten().tolist()
        assert seen == [other for other in range(row + 1) if segments[other] == segments[row]]
        assert positions[row] == len(seen) - 1


def test_each_target_stands_after_its_place_and_no_document_is_begun_from_another(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    documents = iter([talk("问", "答"), text("一二三")] * 50)
    batch = next(pack(tokenizer, documents, rows=2, length=32, only_answers=True))
    told = batch.targets != IGNORED
    places, targets = batch.before[told], batch.targets[told]
    assert len(batch.targets) == 1_024
    assert 0 < len(targets) < 64
    assert (batch.tokens.flatten()[places + 1] == targets).all()
    assert (batch.segments.flatten()[places] == batch.segments.flatten()[places + 1]).all()
    assert {tokenizer.decode(token) for token in targets} == {"答", END, "二", "三"}
