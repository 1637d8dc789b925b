"""Sums: small additions, subtractions, multiplications, comparisons and counting, asked in many ways.

It knows nothing of any other topic.
"""

import random

from studio.starter.documents import Document, Language, talk
from studio.starter.grammar import grow, held_out

_ASK = {
    "zh": [
        "{e}[等于几|等于多少|是多少|=|=?|＝？|得多少|等于什么][|？]",
        "[请|帮我|麻烦][算一下|算算|计算]{e}",
        "{e}[算出来|加起来|]是几[|？]",
        "[口算|心算][：|一下]{e}",
    ],
    "en": ["what is {e}?", "{e}=", "how much is {e}?", "[please |]calculate {e}", "{e} is what?", "work out {e}"],
}
_MORE = {"zh": "{a}和{b}[哪个大|谁大|哪个更大|比哪个大][|？]", "en": "which is [bigger|larger], {a} or {b}?"}
_WORDS = {"+": {"zh": "加", "en": " plus "}, "-": {"zh": "减", "en": " minus "}, "×": {"zh": "乘", "en": " times "}}


def write_sum(rng: random.Random, language: Language) -> tuple[str, str, str]:
    """A question, its answer, and the number that a right answer contains."""
    if rng.random() < 0.15:
        a, b = rng.sample(range(1, 100), 2)
        say = f"{max(a, b)}更大。" if language == "zh" else f"{max(a, b)} is bigger."
        return grow(rng, _MORE[language], {"a": str(a), "b": str(b)}), say, str(max(a, b))
    sign = rng.choice("++--×")
    if sign == "×":
        a, b = rng.randint(1, 9), rng.randint(1, 9)
        value = a * b
    else:
        a, b = rng.randint(0, 20), rng.randint(0, 20)
        a, b = (a, b) if sign == "+" else (max(a, b), min(a, b))
        value = a + b if sign == "+" else a - b
    plain = rng.choice([sign, sign, f" {sign} ", _WORDS[sign][language], "*" if sign == "×" else sign])
    say = f"{a}{sign}{b}={value}。" if language == "zh" else f"{a}{sign}{b}={value}."
    return grow(rng, rng.choice(_ASK[language]), {"e": f"{a}{plain}{b}"}), say, f"={value}"


def write_arithmetic(rng: random.Random, language: Language) -> Document:
    """One sum in a conversation; a part of the sums is kept from training."""
    while held_out((sum_ := write_sum(rng, language))[1] + sum_[0][:4], 12):
        pass
    return talk(sum_[0], sum_[1])
