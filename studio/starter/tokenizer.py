"""The starter's tokenizer: byte-level BPE, one token per common Chinese character and digit, nothing ever unknown.

It knows nothing of the model; it is given text to learn English words from.
"""

import json
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from studio.starter.characters import common_characters

TURN, END, PAD = "<|im_start|>", "<|im_end|>", "<|endoftext|>"

# The split that Qwen's tokenizers use, so that converters which know theirs know ours.
_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\n' }}{%- endif -%}"
)

_MARKS = (
    "，。！？、；：“”‘’（）《》【】…—～·￥％×÷＝＋－→←↑↓★☆●○■□√△▽℃①②③④⑤⑥⑦⑧⑨⑩"
    "　「」『』〜＂＃＆＊／＜＞＠｜０１２３４５６７８９"
)
_EMOJI = (
    "😊👍😋❤😍🥰🎉💯😄🌟👏😘😡👎😤💔😭🤮😠🙄😒😞💩😓😐🤔"
    "😅😂🤣😁😆😉😎😢😱😌😔😜🙏💪👌✌🌹🍵☕🍰🍔🍜🔥✨💕🥺🤗🧋🐶🐱⭐✅❌️"
)


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """A tokenizer with one token per common or seen Chinese character, the rest of its vocabulary English words.

    Chinese words are left to the model on purpose: real customers spell them in ways that no word list foresees.
    """
    texts = list(texts)
    byte_of = _byte_alphabet()
    seen = {char for text in texts for char in text if ord(char) > 0x7F}
    characters = list(dict.fromkeys([*common_characters(), *_MARKS, *_EMOJI, *sorted(seen)]))
    vocabulary = {token: index for index, token in enumerate([PAD, TURN, END, *byte_of])}
    merges: list[tuple[str, str]] = []

    def merge(left: str, right: str) -> str:
        if left + right not in vocabulary:
            vocabulary[left + right] = len(vocabulary)
            merges.append((left, right))
        return left + right

    for character in characters:
        token = ""
        for byte in character.encode():
            token = merge(token, byte_of[byte]) if token else byte_of[byte]
    for left, right in _english_merges(texts, vocab_size - len(vocabulary) + 256):
        if len(vocabulary) < vocab_size:
            merge(left, right)
    return _assemble(vocabulary, merges)


def _byte_alphabet() -> list[str]:
    """The printable character that stands for each of the 256 bytes in byte-level BPE (as GPT-2 introduced it)."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]


def _english_merges(texts: Iterable[str], count: int) -> list[tuple[str, str]]:
    """The merges of a BPE trained on what is ASCII in the texts."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = _pre_tokenizer()
    trainer = trainers.BpeTrainer(
        vocab_size=count,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=5,
        max_token_length=14,
        show_progress=False,
    )
    ascii_only = ("".join(char if char.isascii() else "\n" for char in text) for text in texts)
    tokenizer.train_from_iterator(ascii_only, trainer)
    return [(left, right) for left, right in json.loads(tokenizer.to_str())["model"]["merges"]]


def _pre_tokenizer() -> pre_tokenizers.PreTokenizer:
    split = pre_tokenizers.Split(Regex(_SPLIT), behavior="isolated")
    return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def _assemble(vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = _pre_tokenizer()
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([PAD, TURN, END])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=[TURN],
        model_max_length=1024,
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast
