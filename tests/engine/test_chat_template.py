"""Whatever a model's template takes, a conversation is put so that it takes it; else there is one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.contract import Job, Sampling, never
from studio.data.chat_template import PLAIN_TEMPLATE, ChatTemplate
from studio.data.schema import Example, Message, Splits
from studio.engine import TorchEngine, load
from studio.engine.encode import Encoder
from studio.errors import StudioError
from studio.words import LANGS
from tests.engine.conftest import CHATML, Jobs, make_tokenizer

# The way these families do it, in the tiny model's own control tokens.
GEMMA = (
    "{{ bos_token }}"
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}"
    "{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}"
    "<|im_start|>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ m['content'] | trim }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>model\n{% endif %}"
)
MISTRAL = (
    "{% set system = messages[0]['content'] if messages[0]['role'] == 'system' else '' %}"
    "{% set turns = messages[1:] if system else messages %}"
    "{% for m in turns %}"
    "{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}"
    "{% if m['role'] == 'user' %}[INST] {% if loop.last %}{{ system }} {% endif %}{{ m['content'] }} [/INST]"
    "{% elif m['role'] == 'assistant' %} {{ m['content'] | trim }}{{ eos_token }}"
    "{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}"
)
STRICT = (
    "{%- if messages[0]['role'] == 'system' -%}{{ raise_exception('System role not supported') }}{%- endif -%}\n"
    "{%- for m in messages -%}{%- if (m['role'] == 'user') != (loop.index0 % 2 == 0) -%}"
    "{{ raise_exception('Conversation roles must alternate') }}{%- endif -%}<|im_start|>{{ m['role'] }}\n"
    "{{ m['content'] }}<|im_end|>\n{% endfor -%}"
    "{%- if add_generation_prompt -%}<|im_start|>assistant\n{% endif -%}"
)
DEAF = (  # drops what it does not know without a word, and opens no answer though it is asked to
    "{% for m in messages %}{% if m['role'] == 'user' %}<|im_start|>user: {{ m['content'] }}<|im_end|>\n"
    "{% elif m['role'] == 'assistant' %}<|im_start|>bot: {{ m['content'] }}<|im_end|>\n{% endif %}{% endfor %}\n"
)
HARD = {"gemma": GEMMA, "mistral": MISTRAL, "strict": STRICT, "deaf": DEAF}
TEMPLATES = {**HARD, "chatml": CHATML, "plain": PLAIN_TEMPLATE}

SHOP, HELLO = Message("system", "你是小满茶铺的店员"), Message("assistant", "您好，请问有什么可以帮您？")
CONVERSATIONS = {
    "one question": (),
    "a system text": (SHOP,),
    "a greeting first": (HELLO,),
    "a system text and a greeting": (SHOP, HELLO),
    "two questions in a row": (Message("user", "在吗"),),
    "two answers in a row": (Message("user", "在吗"), Message("assistant", "您好"), Message("assistant", "请说")),
    "a system text in the middle": (Message("user", "在吗"), SHOP, Message("assistant", "请说")),
}


def encoder(template: str, max_length: int = 200) -> Encoder:
    tokenizer = make_tokenizer()
    tokenizer.chat_template = template
    return Encoder(tokenizer, "chat", (), max_length)


@pytest.mark.parametrize("context", CONVERSATIONS.values(), ids=CONVERSATIONS)
@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_every_conversation_is_taught_and_asked_in_the_same_words(template: str, context: tuple[Message, ...]) -> None:
    words = encoder(template)
    row = words.encode(Example(1, "几点开门", "早上九点。", context))
    assert row is not None and row.prompt == words.prompt("几点开门", context)
    asked, learned = (words.tokenizer.decode(list(part)) for part in (row.prompt, row.completion[:-1]))
    assert "几点开门" in asked and learned.strip() == "早上九点。"
    assert row.completion[-1] == words.end_id
    kept = [message for message in context if message != HELLO or words.template.accepts.greeting]
    assert all(asked.count(message.content) == 1 for message in kept)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_conversation_that_a_template_takes_is_left_as_it_is(template: str) -> None:
    words = encoder(template)
    said = [
        {"role": "user", "content": "在吗"},
        {"role": "assistant", "content": "在"},
        {"role": "user", "content": "好"},
    ]
    plain = words.tokenizer.apply_chat_template(
        said, chat_template=template, tokenize=False, add_generation_prompt=True
    )
    context = (Message("user", "在吗"), Message("assistant", "在"))
    assert words.tokenizer.decode(list(words.prompt("好", context))).startswith(plain.removesuffix("\n"))


def test_what_a_template_takes_is_learned_from_it() -> None:
    def accepts(template: str) -> tuple[bool, bool, bool]:
        found = encoder(template).template.accepts
        return found.system, found.repeats, found.greeting

    assert accepts(CHATML) == accepts(PLAIN_TEMPLATE) == (True, True, True)
    assert accepts(MISTRAL) == (True, False, False)
    assert accepts(GEMMA) == accepts(STRICT) == (False, False, False)
    assert accepts(DEAF) == (False, True, True)


def test_a_system_text_without_a_place_of_its_own_stands_before_the_first_question() -> None:
    context = (SHOP, Message("user", "在吗"), Message("assistant", "在"))
    asked = encoder(GEMMA).tokenizer.decode(list(encoder(GEMMA).prompt("几点开门", context)))
    assert asked.startswith(f"<|im_start|>user\n{SHOP.content}\n\n在吗<|im_end|>")


def test_an_answer_is_opened_where_the_template_forgets_to() -> None:
    """Else the model would learn to say, and then say, who is speaking."""
    words = encoder(DEAF)
    assert words.tokenizer.decode(list(words.prompt("几点开门"))).endswith("<|im_end|>\n<|im_start|>bot: ")
    assert ChatTemplate(words.tokenizer).source == words.template.source
    words.tokenizer.chat_template = words.template.source
    assert ChatTemplate(words.tokenizer).source == words.template.source  # mended once


def test_a_template_may_start_with_a_token_that_the_tokenizer_does_not_have() -> None:
    words = encoder("{{ bos_token + '' }}" + CHATML)
    assert words.tokenizer.bos_token is None
    assert words.prompt("几点开门") == encoder(CHATML).prompt("几点开门")


BROKEN = {
    "refuses everything": "{{ raise_exception('not today') }}",
    "is no template": "{% for m in messages %}{{ m['content'] }",
    "adds a text to nothing": "{% set end = none %}{% for m in messages %}{{ m['content'] + end }}{% endfor %}",
    "divides by nothing": "{{ 1 / 0 }}",
    "loses what is said": "{% for m in messages %}{{ m['content'][0].text }}{% endfor %}",
    "loses the answers": "{% for m in messages if m['role'] == 'user' %}{{ m['content'] }}{% endfor %}",
    "looks where nothing is": "{{ messages[0].parts.first.text }}",
    "reaches for the machine": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
}


@pytest.mark.parametrize("template", BROKEN.values(), ids=BROKEN)
def test_a_template_that_cannot_be_used_is_one_sentence(template: str) -> None:
    for use in (lambda: encoder(template).encode(Example(1, "你好", "好")), lambda: encoder(template).prompt("你好")):
        with pytest.raises(StudioError) as refusal:
            use()
        assert refusal.value.key == "engine.template_fails"
        assert all("\n" not in refusal.value.say(lang) for lang in LANGS)


def test_of_several_named_templates_the_one_for_conversations_is_taken(model: Path) -> None:
    (model / "chat_template.jinja").unlink()
    path = model / "tokenizer_config.json"
    named = [{"name": "tool_use", "template": "{{ raise_exception('no') }}"}, {"name": "default", "template": STRICT}]
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "chat_template": named}), encoding="utf-8")
    assert load.tokenizer(model).chat_template == STRICT


def test_a_template_in_a_file_of_its_own_is_found(model: Path) -> None:
    (model / "chat_template.jinja").write_text(GEMMA, encoding="utf-8")
    assert load.tokenizer(model).chat_template == GEMMA
    (model / "chat_template.jinja").unlink()
    (model / "chat_template.json").write_text(json.dumps({"chat_template": STRICT}), encoding="utf-8")
    assert load.tokenizer(model).chat_template == STRICT


@pytest.mark.parametrize("template", HARD.values(), ids=HARD)
def test_a_shop_with_a_system_text_and_a_greeting_learns_and_answers_on_every_template(
    template: str, model: Path, tmp_path: Path
) -> None:
    """What is counted for the plan, the preview, training and chat."""
    (model / "chat_template.jinja").write_text(template, encoding="utf-8")
    pairs = [("几点开门", "早上九点。"), ("老板是谁", "林小满。"), ("少糖怎么做", "减20%糖浆。")]
    rows = tuple(Example(n, text, target, (SHOP, HELLO)) for n, (text, target) in enumerate(pairs, 1))
    splits = Splits("data-1", 1, "chat", (), rows, rows, rows)
    job = Jobs(tmp_path, model).make("chat", rows=splits, epochs=40, batch_size=3, learning_rate=1e-2, evaluations=1)
    job = Job(job.config, job.run_dir, splits, model, job.tokens)
    engine = TorchEngine()
    assert engine.token_counts(model, splits, 128, 0, job.tokens).unlearnable == 0
    assert len(engine.preview(model, splits, job.config)) == 3
    engine.train(job, never)
    session = engine.open(job)
    asked = [[SHOP, HELLO, Message("user", text)] for text, _ in pairs]
    assert session.reply(asked, True, Sampling(max_new_tokens=30)) == [target for _, target in pairs]
    session.close()
