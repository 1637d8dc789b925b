"""Another model as judge: asked in both orders, at a checked address, by a key that nobody sees, in any mood."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from studio.errors import StudioError
from studio.judging import by_model
from studio.judging.by_model import messages, prompt, read, together, tokens
from studio.judging.client import CHAT, Address, Client, address
from studio.judging.opinions import Asked, Contest, Match, Verdict
from studio.studio import Studio
from studio.words import LANGS
from tests.judging.conftest import sixty
from tests.judging.stub import Mood, Stub, fair, judge, said

SECRET = "sk-very-secret-12345"  # noqa: S105
KIND = fair("您好")


@pytest.fixture(autouse=True)
def directly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield


@pytest.fixture
def contest(studio: Studio, run: str) -> Contest:
    return studio.judging.contest(run)


def client(stub: Stub, seconds: float = 5.0) -> Client:
    return Client(address(stub.address), "judge-1", SECRET, seconds)


def judged(studio: Studio, contest: Contest, mood: Mood, count: int = 6, seconds: float = 5.0) -> Stub:
    with judge(mood) as stub:
        studio.judging.ask_model(contest, client(stub, seconds), count)
        return stub


def refused(act: Callable[[], object]) -> StudioError:
    with pytest.raises(StudioError) as refusal:
        act()
    assert all(refusal.value.say(lang) for lang in LANGS)
    assert not any(SECRET in refusal.value.say(lang) for lang in LANGS)
    return refusal.value


# --- fairly


def test_a_fair_judge_is_asked_twice_of_each_pair_in_either_order(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 6)
    stub = judged(studio, contest, KIND)
    assert len(stub.asked) == 12 and {path for path, _, _ in stub.asked} == {"/v1/chat/completions"}
    assert {headers["Authorization"] for _, headers, _ in stub.asked} == {f"Bearer {SECRET}"}
    cases = [asked["messages"][1]["content"] for _, _, asked in stub.asked]
    assert len({*cases}) == 12 and all(asked["messages"][0]["content"] == prompt("zh") for _, _, asked in stub.asked)
    ((swapped, found),) = studio.judging.by_models(contest)
    assert (found.wins, found.losses, found.level) == (6, 0, 0)
    assert (swapped.count, swapped.steady) == (6, 6) and swapped.judge.startswith("judge-1 (127.0.0.1:")
    (told,) = studio.evaluate(contest.run)["judged"]
    assert told["models"][0]["wins"] == 6 and told["models"][0]["steady"] == 6 and told["prompt"] == prompt("zh")
    assert studio.judging.learnable(contest.run)["prefer"].rows == (), "what a model likes is not learned"


def test_a_judge_that_likes_whatever_stands_first_decides_nothing(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 6)
    judged(studio, contest, lambda asked, n: said('{"better": "A", "why": "先说的好"}'))
    ((swapped, found),) = studio.judging.by_models(contest)
    assert (found.wins, found.losses, found.level) == (0, 0, 6) and (swapped.count, swapped.steady) == (6, 0)


def test_answers_that_are_the_same_and_questions_judged_before_cost_nothing(studio: Studio, contest: Contest) -> None:
    studio.judging.ledger.keep(contest, [(Asked("几点开门"), "九点", "九点"), (Asked("远吗"), "您好，不远", "远")])
    stub = judged(studio, contest, KIND, count=2)
    assert len(stub.asked) == 2
    with judge(KIND) as other:  # at another address it is another judge
        assert studio.judging.cost(contest, client(other).name, 2).calls == 2
    assert studio.judging.cost(contest, client(stub).name, 2).calls == 0


def test_the_cost_is_told_in_calls_and_tokens_before_anything_is_asked(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 4)
    found = studio.judging.cost(contest, "judge-1", 4)
    texts = [m["content"] for one in studio.judging.ledger.matches(contest) for s in ("run", "against")
             for m in messages(one, s, "zh")]  # type: ignore[arg-type]  # fmt: skip
    assert found.calls == 8 and found.tokens == sum(map(tokens, texts)) + 8 * by_model.ANSWER_TOKENS
    assert tokens("你好 hello!!") == 2 + 2


def test_what_was_said_before_and_what_is_right_are_told_the_judge(studio: Studio) -> None:
    match = Match(1, Asked("几点", (), "九点开门"), "九点", "不知道")
    system, user = messages(match, "against", "en")
    assert system["content"] == prompt("en") and "九点开门" in user["content"]
    assert user["content"].index("不知道") < user["content"].index("[Answer B]")


# --- what it may say


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ('{"better": "A", "why": "x"}', "run"), ('好的：\n```json\n{"better":"B","why":"因为"}\n```', "against"),
        ("<think>A is {nice}</think>\n{\"better\": \"same\"}", "same"), ("B", "against"), ("**a**", "run"),
        ('{"better": "A"} 不对，应该是 {"better": "B"}', "against"), ("平局", "same"), ("A 和 B 都不错", None),
        ("", None), ('{"better": "C"}', None), ('{"better": null}', None), ("我不能评判这个。", None), ("{{{{", None),
    ],
)  # fmt: skip
def test_a_verdict_is_read_as_models_write_it(text: str, better: str | None) -> None:
    found = read(text, "run")
    assert (found and found[0]) == better


def test_a_pair_judged_in_one_order_only_does_not_count() -> None:
    one = Verdict(1, "m", "run", "model", "run")
    assert together([one]) == ([], [])
    found, (swapped,) = together([one, Verdict(1, "m", "run", "model", "against")])
    assert [each.better for each in found] == ["run"] and (swapped.count, swapped.steady) == (1, 1)


# --- in a bad mood: it is said, and nothing is lost


def test_nonsense_stops_it_before_it_costs_more_and_another_time_goes_on(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 10)

    def turns_silly(asked: dict[str, Any], number: int) -> Any:
        return KIND(asked, number) if number <= 6 else said("今天天气不错")

    with judge(turns_silly) as stub:
        name = client(stub).name
        error = refused(lambda: studio.judging.ask_model(contest, client(stub), 10))
        assert error.key == "judging.judge_nonsense" and error.details["said"] == "今天天气不错"
        assert len(stub.asked) == 6 + by_model.IN_A_ROW
        assert studio.judging.cost(contest, name, 10).calls == 14
    ((_, found),) = studio.judging.by_models(contest)
    assert found.wins == 3


def test_one_odd_answer_is_asked_again_another_time(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 4)
    with judge(lambda asked, n: said("?") if n == 3 else KIND(asked, n)) as stub:
        studio.judging.ask_model(contest, client(stub), 4)
        assert studio.judging.cost(contest, client(stub).name, 4).calls == 1
        studio.judging.ask_model(contest, client(stub), 4)
        assert len(stub.asked) == 9
    ((_, found),) = studio.judging.by_models(contest)
    assert found.wins == 4


@pytest.mark.parametrize(
    ("reply", "key"),
    [
        ((401, {}, b"{}"), "judging.judge_key"), ((403, {}, b"no"), "judging.judge_key"),
        ((404, {}, b""), "judging.judge_not_found"), ((429, {"Retry-After": "0"}, b""), "judging.judge_busy"),
        ((503, {"Retry-After": "0"}, b"<html>"), "judging.judge_busy"),
        ((422, {}, f"bad key {SECRET}".encode()), "judging.judge_refused"),
        ((302, {"Location": "http://127.0.0.1:9/steal"}, b""), "judging.judge_refused"),
        ((200, {}, b"<html>welcome</html>"), "judging.judge_nonsense"),
        ((200, {}, b'{"choices": []}'), "judging.judge_nonsense"),
        ((200, {}, b"\xff\xfe"), "judging.judge_nonsense"),
    ],
)  # fmt: skip
def test_a_judge_that_refuses_is_said_in_words(studio: Studio, contest: Contest, reply: Any, key: str) -> None:
    sixty(studio, contest, 6)
    error = refused(lambda: judged(studio, contest, lambda asked, n: reply))
    assert error.key == key


def test_a_busy_judge_is_asked_again_at_once_when_it_says_so(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 2)
    stub = judged(studio, contest, lambda a, n: (429, {"Retry-After": "0"}, b"") if n == 1 else KIND(a, n), count=2)
    assert len(stub.asked) == 5


def test_one_that_takes_no_temperature_is_asked_without(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 1)
    stub = judged(studio, contest, lambda a, n: (400, {}, b"{}") if "temperature" in a else KIND(a, n), count=1)
    assert [sorted(asked) for _, _, asked in stub.asked[:2]] == [
        ["max_tokens", "messages", "model", "temperature"], ["messages", "model"],
    ]  # fmt: skip


def test_a_slow_judge_is_not_waited_for_for_ever(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 1)
    never = threading.Event()

    def slow(asked: dict[str, Any], number: int) -> Any:
        never.wait(5)
        return said("A")

    try:
        with judge(slow) as stub:
            error = refused(lambda: studio.judging.ask_model(contest, client(stub, 0.05), 1))
            never.set()
    finally:
        never.set()
    assert error.key == "judging.judge_slow"


def test_nobody_there_is_said(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = Client(address(f"http://127.0.0.1:{free.getsockname()[1]}"), "m")
    assert refused(lambda: studio.judging.ask_model(contest, nobody, 1)).key == "judging.judge_not_there"


def test_an_answer_without_end_is_cut(studio: Studio, contest: Contest) -> None:
    sixty(studio, contest, 1)
    huge = said("x" * 3_000_000)
    assert refused(lambda: judged(studio, contest, lambda a, n: huge, count=1)).key == "judging.judge_nonsense"


# --- addresses and keys


@pytest.mark.parametrize(
    "given", ["", "api.example.com/v1", "file:///etc/passwd", "ftp://x/y", "http://", "https:///v1",
              "javascript:alert(1)", "http://a b/v1", "http://[::1", "http://x:99999/"],
)  # fmt: skip
def test_only_web_addresses_are_asked(given: str) -> None:
    error = refused(lambda: Client(address(given), "m").ask([]))
    assert error.key in ("judging.bad_address", "judging.judge_not_there")
    assert error.key == "judging.bad_address" or " " in given


def test_an_address_is_understood_with_or_without_its_end() -> None:
    for given in ("https://x.cn/v1", "https://x.cn/v1/", "https://x.cn/v1/chat/completions", " https://x.cn/v1 "):
        assert address(given).of(CHAT) == "https://x.cn/v1/chat/completions"
    assert address("https://x.cn/openai?api-version=2").of("/models") == "https://x.cn/openai/models?api-version=2"
    assert refused(lambda: address(f"https://me:{SECRET}@x.cn/v1")).key == "judging.key_in_address"


def test_the_key_is_nowhere_but_in_the_request(
    studio: Studio, contest: Contest, caplog: pytest.LogCaptureFixture
) -> None:
    sixty(studio, contest, 2)
    caplog.set_level(logging.DEBUG)
    judged(studio, contest, KIND, count=2)
    assert SECRET not in caplog.text and SECRET not in repr(Client(Address("http://x"), "m", SECRET))
    assert SECRET.encode() not in studio.workspace.database.read_bytes()
    kept = [path.read_bytes() for path in studio.workspace.run_dir(contest.run).rglob("*") if path.is_file()]
    assert kept and not any(SECRET.encode() in content for content in kept)
    assert SECRET not in json.dumps(studio.evaluate(contest.run))


def test_the_models_of_a_server_are_listed() -> None:
    with judge(KIND) as stub:
        assert client(stub).models() == ["judge-1"]
