"""Base and tuned answers from one batch are those that each would give alone, and arrive whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from threading import Event, active_count

import pytest
import torch

from studio.config import RunConfig
from studio.contract import Sampling, never
from studio.engine import adapters, generate, load, methods
from studio.engine.encode import Encoder
from studio.engine.generate import BASE, TUNED
from studio.engine.load import Base
from studio.methods import METHODS

GREEDY = Sampling(max_new_tokens=12)
QUESTIONS = ["你们几点开门", "少糖怎么做？我想知道得清楚一点", "嗯"]


@pytest.fixture(params=["lora", "qlora"])
def tuned(request: pytest.FixtureRequest, model_dir: Path) -> Base:
    """The tiny model with an adapter whose weights are random, so that it says something else than the base."""
    config = RunConfig.of({"task": "chat", "dataset": "data-1", "dataset_version": 1, "method": request.param})
    base = methods.attach(load.base(model_dir, METHODS[config.method].quantise, "fp32"), config)
    torch.manual_seed(5)
    adapters.put(base, {name: torch.randn_like(weight) / 8 for name, weight in adapters.weights(base).items()})
    base.model.eval()
    return base


def prompts(base: Base) -> list[tuple[int, ...]]:
    encoder = Encoder(base.tokenizer, "chat", (), base.context)
    return [encoder.prompt(question) for question in QUESTIONS]


def plain(base: Base, prompt: Sequence[int], tokens: int = GREEDY.max_new_tokens) -> list[int]:
    """transformers' own greedy generation of one prompt with whatever adapter is active."""
    ids = torch.tensor([prompt])
    out = base.model.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=tokens,
        eos_token_id=base.end_ids, pad_token_id=0,
    )  # fmt: skip
    new = out[0, len(prompt) :].tolist()
    return new[:-1] if new[-1] in base.end_ids else new


def test_a_mixed_batch_answers_as_base_and_tuned_model_alone(tuned: Base, model_dir: Path) -> None:
    asked = prompts(tuned)
    untouched = load.base(model_dir, tuned.quantise, "fp32")
    mixed = generate.generate(tuned, asked + asked, [BASE] * 3 + [TUNED] * 3, GREEDY)
    assert mixed[:3] == [plain(untouched, prompt) for prompt in asked]
    assert mixed[3:] == [plain(tuned, prompt) for prompt in asked]
    assert mixed[:3] != mixed[3:]


@pytest.mark.parametrize("tuned", ["lora"], indirect=True)
def test_an_answer_that_goes_round_and_round_ends_and_is_the_same_up_to_there(tuned: Base) -> None:
    asked = prompts(tuned)
    room = tuned.context - max(map(len, asked))
    made = generate.generate(tuned, asked, [TUNED] * 3, Sampling(max_new_tokens=room))
    whole = [plain(tuned, prompt, room) for prompt in asked]
    assert [one[: len(other)] for one, other in zip(whole, made, strict=True)] == made
    ended = [other for one, other in zip(whole, made, strict=True) if len(other) < len(one)]
    assert ended, "none of these goes round"
    for one in ended:
        last = one[-generate.ROUNDS :]
        assert any(last[length:] == last[:-length] for length in range(1, generate.ROUNDS // generate.TIMES + 1))


def test_nothing_of_one_call_is_left_in_the_next(tuned: Base) -> None:
    asked = prompts(tuned)
    before = generate.generate(tuned, asked, [TUNED] * 3, GREEDY)
    generate.generate(tuned, asked, [BASE] * 3, GREEDY)
    with pytest.raises(ZeroDivisionError), generate.lanes(tuned, [BASE]):
        raise ZeroDivisionError
    assert generate.generate(tuned, asked, [TUNED] * 3, GREEDY) == before


@pytest.mark.parametrize("tuned", ["lora"], indirect=True)
def test_replies_keep_the_order_of_the_questions(tuned: Base) -> None:
    asked = prompts(tuned)
    many = generate.replies(tuned, asked * 3, TUNED, GREEDY)
    assert many == [generate.replies(tuned, [prompt], TUNED, GREEDY)[0] for prompt in asked] * 3


def test_the_stream_ends_with_what_generation_gives(tuned: Base) -> None:
    asked = prompts(tuned)[:2]
    last = list(generate.stream(tuned, asked, (BASE, TUNED), GREEDY, never))[-1]
    answers = [generate.text(tuned, ids) for ids in generate.generate(tuned, asked, (BASE, TUNED), GREEDY)]
    for streamed, answer in zip(last, answers, strict=True):
        assert answer.startswith(streamed)
        assert answer[len(streamed) :].strip("�") == "" or "�" in answer[len(streamed) :]


@pytest.mark.parametrize("tuned", ["lora"], indirect=True)
def test_a_chinese_character_is_never_shown_in_pieces(tuned: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny tokenizer knows bytes: a character it has not learned takes up to four tokens."""
    said = tuned.tokenizer.encode("龘龘你好饕餮", add_special_tokens=False)
    assert len(said) > len("龘龘你好饕餮")
    shown = [generate.complete(generate.text(tuned, said[:length])) for length in range(len(said) + 1)]
    assert all("�" not in one for one in shown)
    assert shown[-1] == "龘龘你好饕餮"
    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))


@pytest.mark.parametrize("tuned", ["lora"], indirect=True)
def test_stop_ends_a_stream_at_the_next_token(tuned: Base) -> None:
    stop = Event()
    long = replace(GREEDY, max_new_tokens=200)
    answers = generate.stream(tuned, prompts(tuned)[:2], (BASE, TUNED), long, stop.is_set)
    next(answers)
    stop.set()
    assert len(list(answers)) < 10


@pytest.mark.parametrize("tuned", ["lora"], indirect=True)
def test_a_stream_that_is_closed_leaves_no_thread(tuned: Base) -> None:
    threads = active_count()
    answers = generate.stream(tuned, prompts(tuned)[:2], (BASE, TUNED), GREEDY, never)
    next(answers)
    answers.close()
    assert active_count() == threads


@pytest.mark.parametrize("tuned", ["lora"], indirect=True)
def test_an_error_in_the_stream_reaches_the_reader(tuned: Base) -> None:
    with pytest.raises(IndexError):
        list(generate.stream(tuned, [(), ()], (BASE, TUNED), GREEDY, never))


@pytest.mark.parametrize("tuned", ["lora"], indirect=True)
def test_sampling_follows_its_seed_and_leaves_torchs_random_numbers_alone(tuned: Base) -> None:
    drawn = Sampling(temperature=1.0, top_p=0.95, max_new_tokens=12, seed=7)
    asked = prompts(tuned)
    state = torch.get_rng_state()
    first = generate.replies(tuned, asked, TUNED, drawn)
    assert torch.equal(torch.get_rng_state(), state)
    assert generate.replies(tuned, asked, TUNED, drawn) == first
    assert generate.replies(tuned, asked, TUNED, replace(drawn, seed=8)) != first


@pytest.mark.parametrize("tuned", ["lora"], indirect=True)
def test_thoughts_are_not_part_of_the_answer(tuned: Base) -> None:
    ids = tuned.tokenizer.encode("<think>\n嗯，九点\n</think>\n\n早上九点。", add_special_tokens=False)
    assert generate.text(tuned, ids) == "早上九点。"


def test_batches_hold_every_prompt_once_within_the_budget() -> None:
    lengths = [(n * 37) % 500 + 1 for n in range(200)]
    found = generate.batches(lengths, 100)
    assert sorted(place for batch in found for place in batch) == list(range(200))
    assert all((max(lengths[p] for p in batch) + 100) * len(batch) <= generate.BUDGET for batch in found)


def test_words_are_scored_by_states_that_lie_side_by_side(model_dir: Path) -> None:
    """Of a view of all states torch's product in bf16 would take the whole table of words once for every row."""
    base, pieces = load.base(model_dir, "none", "bf16"), list[bool]()
    base.model.get_output_embeddings().register_forward_pre_hook(
        lambda _, given: pieces.append(given[0].is_contiguous())
    )
    generate.generate(base, prompts(base), [BASE] * len(prompts(base)), Sampling(max_new_tokens=3))
    assert len(pieces) == 3 and all(pieces)
