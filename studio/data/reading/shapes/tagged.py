"""A conversation written into one text, with tags that say who speaks: ChatML, Llama, Gemma, Alpaca, BELLE, Vicuna.

Knows no record. A text without a question and a tag of the one who answers is no conversation.
"""

from __future__ import annotations

import re

from studio.data.reading.shapes.speakers import Speaker, speaker_of
from studio.data.reading.shapes.turns import Turn, plain_turn

_WORDS = (
    "system|user|human|assistant|gpt|bot|ai|model|chatbot|instruction|input|response|question|answer|moss|customer|agent"
    "|用户|助手|客户|顾客|客服|机器人|店员|买家|卖家|商家|系统|问|答|指令|回答|回复"
)
_OTHERS: dict[str, Speaker] = {
    "instruction": "user", "input": "user", "question": "user", "指令": "user",
    "response": "assistant", "answer": "assistant", "回答": "assistant", "回复": "assistant",
}  # fmt: skip
_FIXED: dict[str, Speaker] = {
    "[inst]": "user", "[/inst]": "assistant", "<<sys>>": "system", "<</sys>>": "user",
    "<reserved_106>": "user", "<reserved_107>": "assistant",  # Baichuan 2
}  # fmt: skip
_TAG = re.compile(
    r"(?P<fixed>\[/?INST\]|<</?SYS>>|<reserved_10[67]>)"
    rf"|<\|(?:im_start|start)\|>\s*(?P<chatml>\w+)\s*?(?:\n|<\|message\|>)"  # ChatML, harmony
    r"|<\|start_header_id\|>(?P<llama>\w+)<\|end_header_id\|>"
    r"|<start_of_turn>(?P<gemma>\w+)\n"
    rf"|<[|｜]?(?P<bars>{_WORDS})[|｜]?>[:：]?"  # <|user|>, <｜User｜>, <用户>
    rf"|\[(?P<square>{_WORDS})\][:：]"
    rf"|^#{{2,3}}\s*(?P<hashes>{_WORDS})\s*[:：]?[ \t]*$"
    rf"|^#{{2,3}}\s*(?P<hashed>{_WORDS})\s*[:：]"
    rf"|^(?:<s>)?\s*(?P<line>{_WORDS})\s?[:：]"
    r"|<s>(?P<start>human|user|bot|assistant|system)\n"  # CodeFuse
    r"|(?<!\w)(?P<vicuna>(?-i:USER|ASSISTANT)):",
    re.IGNORECASE | re.MULTILINE,
)
_ENDS = re.compile(
    r"<\|(?:im_end|endoftext|eot_id|end_of_text|begin_of_text|end|eos)\|>|</?s>|<end_of_turn>|<(?:eoh|eom|eot|eoc|eor|eos|bos)>"
    r"|<｜(?:end▁of▁sentence|begin▁of▁sentence)｜>|^\[Round \d+\]$",
    re.MULTILINE,
)


def tagged(text: str) -> list[Turn] | None:
    """The turns of a text that is a conversation from its beginning on, else None.

    What stands before the first tag is what the assistant is told; an empty last turn is an answer to be given.
    """
    if ":" not in text and "：" not in text and "<" not in text and "[" not in text and "#" not in text:
        return None
    found = list(_TAG.finditer(text))
    if not found or not any(_speaker(tag) == "user" for tag in found):
        return None
    before = _clean(text[: found[0].start()])
    plain = all(tag.lastgroup == "line" for tag in found)
    alone = len({_speaker(tag) for tag in found}) < 2
    if (plain and (before or alone)) or (alone and before and _amid(text, found[0])):
        return None  # a text in which somebody is quoted, or that speaks of <input>
    turns = [Turn("system", before)] if before else []
    for tag, following in zip(found, [*found[1:], None], strict=True):
        words = _clean(text[tag.end() : following.start() if following else None])
        speaker = _speaker(tag)
        if words or following is None:
            turns.append(plain_turn(speaker, words))
    return turns if any(turn.words for turn in turns) else None


def _amid(text: str, tag: re.Match[str]) -> bool:
    """Whether a tag that may be a word of another kind, as of a page, stands within a line."""
    return tag.lastgroup in ("bars", "square") and not text[: tag.start()].rstrip(" \t").endswith("\n")


def _speaker(tag: re.Match[str]) -> Speaker:
    if tag["fixed"]:
        return _FIXED[tag["fixed"].casefold()]
    name = tag[tag.lastgroup or 0].casefold()
    return _OTHERS.get(name) or speaker_of(name) or "tool"


def _clean(words: str) -> str:
    return _ENDS.sub("", words).strip()
