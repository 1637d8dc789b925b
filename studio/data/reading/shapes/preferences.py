"""Records that hold better and worse answers: a row has the best as its reply and the worst beside it.

Knows no labelling, and not whether anybody compares the two.
LLaMA-Factory, TRL, OpenAI, ms-swift, HH-RLHF, UltraFeedback and the arenas each have their own way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from studio.data.reading.headers import role_of
from studio.data.reading.shapes.conversations import system_of, talk, turns_of
from studio.data.reading.shapes.replies import replies
from studio.data.reading.shapes.shape import Cells, Record, Shaped, cell, cells
from studio.data.reading.shapes.tagged import tagged
from studio.data.reading.shapes.turns import Turn, plain_turn, turns_in, words_of

CHOSEN = {
    "chosen": "rejected", "chosen_messages": "rejected_messages", "chosen_response": "rejected_response",
    "preferred_output": "non_preferred_output", "chosen_conversations": "rejected_conversations",
    "response_chosen": "response_rejected", "preferred": "rejected",
    "response_j": "response_k",
}  # fmt: skip
WORSE = ("rejected_response", "rejected_messages", "rejected", "non_preferred_output")
MANY = (
    "answers", "completions", "responses", "candidates", "outputs", "replies", "generations", "回答", "答案",
    "answer", "output", "response",
)  # fmt: skip
SCORES = (
    "score", "overall_score", "rating", "reward", "pm_score", "quality", "votes", "likes", "upvotes",
    "fine-grained_score",
    "scores", "ratings", "rewards", "评分", "得分",
)  # fmt: skip
RANKS = ("rank", "ranks", "ranking", "排名")  # where the least is the best
ASKED = ("prompt", "input", "messages", "body", "request", "question", "query", "instruction")
TAKEN = ("selected", "is_best", "is_accepted", "accepted", "best")
ARENA = {"model_a": "conversation_a", "model_b": "conversation_b"}


def chosen(record: Record) -> Shaped | None:
    """One answer beside another that is worse."""
    for good, bad in CHOSEN.items():
        if good in record and (bad in record or isinstance(record[good], list | dict)):
            return _chosen(record, good, bad)
    worse = next((name for name in WORSE if record.get(name)), "")
    turns, _ = turns_of(record)
    if worse and turns:  # ms-swift: the better answer is the last of the turns
        asked = turns[:-1] if turns[-1].speaker == "assistant" else turns
        return _beside(_last(talk(record, turns)), _answered(record, asked, record[worse]))
    return None


def _chosen(record: Record, good: str, bad: str) -> Shaped | None:
    asked, answer = _before(record), record[good]
    if isinstance(answer, str) and not asked and tagged(answer) is None:  # two columns of a table
        named = {good: "chosen", bad: "rejected"}
        return Shaped([cells({named.get(str(key), str(key)): value for key, value in record.items()})])
    better = _answered(record, asked, answer)
    return _beside(better, _answered(record, asked, record[bad])) if record.get(bad) else better


def _answered(record: Record, asked: Sequence[Turn], answer: Any) -> Shaped:
    """The row of one answer: a text, a turn, turns, or the whole conversation again."""
    if isinstance(answer, str):
        said = tagged(answer) or [plain_turn("assistant", answer)]
    else:
        given = answer if isinstance(answer, list) else [answer]
        said = turns_in(given) or [Turn("assistant", words_of(answer).strip())]
    if any(turn.speaker == "user" for turn in said):
        asked = [turn for turn in asked if turn.speaker == "system"]
    return _last(replies([*asked, *said], system_of(record)))


def _beside(better: Shaped, worse: Shaped) -> Shaped:
    """The rows of the better answers, each with the worse one to the same conversation; other conversations than that
    compare nothing."""
    others = {_asked(row): row["reply"] for row in worse.rows}
    rows = [{**row, "rejected": others.get(_asked(row), "")} for row in better.rows]
    apart = sum(not row["rejected"] for row in rows)
    return replace(
        better, rows=rows, counted={**better.counted, **({"data.rejected_elsewhere": apart} if apart else {})}
    )


def _asked(row: Cells) -> tuple[tuple[str, str], ...]:
    return tuple((name, words) for name, words in row.items() if name != "reply")


def _before(record: Record) -> list[Turn]:
    """What the answers answer: turns, a prompt in turns or in tags, or a plain prompt."""
    asked = record.get("input")
    if isinstance(asked, dict) and isinstance(asked.get("messages"), list):
        return turns_in(asked["messages"]) or []
    if isinstance(record.get("prompt"), list):
        return turns_in(record["prompt"]) or []
    turns, _ = turns_of({key: value for key, value in record.items() if key not in {*CHOSEN, *CHOSEN.values()}})
    if turns is not None:
        return turns
    plain = next((value for key, value in record.items() if isinstance(value, str) and _is(key, "prompt")), "")
    if plain and (said := tagged(plain)):
        return list(takewhile(lambda turn: turn.words, said))
    listed = any(isinstance(record.get(name), list | dict) for name in CHOSEN)
    return [plain_turn("user", plain)] if plain and listed else []


def _last(found: Shaped) -> Shaped:
    """Only the last answer: what was said before it is the same for the better and the worse one."""
    counted = {key: times for key, times in found.counted.items() if key != "data.unanswered"}
    return replace(found, rows=found.rows[-1:], counted=counted)


def prompt_and_completion(record: Record) -> Shaped | None:
    """A prompt as turns with its completion as turns or as text: TRL, and what is logged of calls to OpenAI."""
    for name in ASKED:
        held = record.get(name)
        held = held.get("messages", held.get("input")) if isinstance(held, dict) else held
        asked = turns_in(held) if isinstance(held, list) else None
        answers = [key for key in record if key != name and _is(key, "reply")] if asked else []
        answer = _turns(record[answers[0]]) if answers else None
        if asked and answer:
            found = talk(record, [*asked, *answer])
            return replace(found, rows=found.rows[-1:])
    return None


def _turns(answer: Any) -> list[Turn] | None:
    """An answer as turns: a text, turns, or the choices of a logged call, of which the first was shown."""
    match answer:
        case str() if answer.strip():
            return [plain_turn("assistant", answer)]
        case list():
            return turns_in([one for one in answer if isinstance(one, dict) and one.get("type") != "reasoning"])
        case {"body": dict() as body}:
            return _turns(body)
        case {"choices": [{"message": dict() as message}, *_]}:
            return turns_in([message])
        case {"output": list() as output}:
            return _turns(output)
        case dict():
            return turns_in([answer])
        case _:
            return None


def arena(record: Record) -> Shaped | None:
    """Two models' conversations, of which a person liked one more."""
    if not all(isinstance(record.get(name), list) for name in ARENA.values()) or "winner" not in record:
        return None
    name = ARENA.get(str(record["winner"]))
    turns = turns_in(record[name]) if name else None
    if not turns:
        return Shaped((), dropped="data.no_winner")
    other = next(held for held in ARENA.values() if held != name)
    return _beside(replies(turns), replies(turns_in(record[other]) or []))


def ranked(record: Record) -> Shaped | None:
    """A question with several answers: the best by its score or its rank, the first where none has one."""
    if any(isinstance(value, str) and _is(key, "reply") for key, value in record.items()):
        return None
    for name in [str(key) for key in record if key in MANY or _is(key, "reply")]:
        given = record.get(name)
        if not isinstance(given, list) or not given or not _asks(record, name):
            continue
        texts = [_answer(one) for one in given]
        if not all(texts):
            continue
        values = _values(record, given)
        best, worst = _ends(values)
        beside = [key for key, held in record.items() if key != name and _is(key, "reply") and isinstance(held, list)]
        others = len(given) - 1 - (worst is not None) + sum(len(record[key]) for key in beside)
        left = "data.lower_scored_left_out" if values else "data.further_answers_left_out"
        named = name if _is(name, "reply") else "reply"
        kept = {key: value for key, value in record.items() if key not in (*SCORES, *RANKS, *beside, name)}
        rows = [{**cells(kept), named: texts[best], **({} if worst is None else {"rejected": texts[worst]})}]
        return Shaped(rows, counted={left: others} if others else {})
    squad = record.get("answers")
    if isinstance(squad, dict) and isinstance(squad.get("text"), list) and squad["text"]:
        return ranked({**record, "answers": squad["text"]})
    return None


def _asks(record: Record, answers: str) -> bool:
    """Whether beside the answers stands a question, and no list of labels is meant."""
    texts = [key for key, value in record.items() if key != answers and isinstance(value, str)]
    return any(_is(key, "prompt", "text") for key in texts)


def _answer(one: Any) -> str:
    """An answer's text: as it stands, or under the key that says so."""
    if isinstance(one, str):
        return one.strip()
    if not isinstance(one, Mapping):
        return ""
    keys = [key for key in one if _is(key, "reply", "text")]
    keys.sort(key=lambda key: isinstance(one[key], str), reverse=True)
    return words_of(one[keys[0]]).strip() if keys else ""


def _values(record: Record, given: Sequence[Any]) -> list[float | None]:
    """What each answer is worth, more is better, None where nothing says; empty where nothing says of any."""
    taken = [isinstance(one, dict) and any(one.get(flag) is True for flag in TAKEN) for one in given]
    if any(taken):
        return [float(one) for one in taken]
    for names, sign in ((SCORES, 1), (RANKS, -1)):
        for name in names:
            beside = record.get(name)
            held = (
                beside
                if isinstance(beside, list)
                else [one.get(name) if isinstance(one, dict) else None for one in given]
            )
            numbers = [_number(value) for value in held]
            if len(numbers) == len(given) and any(number is not None for number in numbers):
                return [None if number is None else sign * number for number in numbers]
    return []


def _ends(values: Sequence[float | None]) -> tuple[int, int | None]:
    """The places of the best, the first where nothing says, and of the worst, where one is worse."""
    known = [(value, place) for place, value in enumerate(values) if value is not None]
    if not known:
        return 0, None
    best, worst = (pick(value for value, _ in known) for pick in (max, min))
    last = next(place for value, place in known if value == worst)
    return next(place for value, place in known if value == best), last if worst < best else None


def _number(value: Any) -> float | None:
    try:
        return float(cell(value))
    except ValueError:
        return None


def _is(name: Any, *roles: str) -> bool:
    """Whether a column's name claims one of these roles."""
    claimed = role_of(str(name))
    return claimed is not None and claimed[0] in roles
