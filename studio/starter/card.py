"""The card that lies beside the weights: what the starter is, what it was trained on, its scores, its limits.

It knows nothing of how the scores were taken.
"""

from collections.abc import Sequence
from pathlib import Path

from studio.starter.lines import Line

_CARD = """---
license: apache-2.0
language: [zh, en]
pipeline_tag: text-generation
library_name: transformers
---

# 小灶入门模型 · The Xiaozao starter

**是什么**：装在盒子里的小模型（Qwen3 结构），不联网、没有显卡也能用，几分钟就能教会它你店里的事。
它是用来学习怎么微调的，也能做简单的分类（比如好评差评）。真要和顾客聊天，请在“模型”页选一个大的，比如 Qwen3-0.6B 以上。

**What it is**: a small model in the box (Qwen3 architecture) that needs neither network nor graphics card and can be
taught a shop's facts in minutes. It is for learning how to fine-tune and for small classification jobs. To chat with
real customers, choose a larger model on the Model tab, Qwen3-0.6B or more.

**用什么训练的**：全部是本项目的语法和词库自己写出来的中文和英文：寒暄、常识、算数、店里的一般道理、各行各业的好话和坏话、
读资料答问题。没有用任何别处的文字。做法在 `studio/starter/`，`python -m studio.starter` 可以从头再做一遍。

**What it was trained on**: Chinese and English text written by this project's own grammar and lexicon: small talk,
common knowledge, sums, shop talk in general terms, praise and complaint in many trades, answers looked up in a given
text. No text from elsewhere. The recipe is in `studio/starter/`; `python -m studio.starter` makes it anew.

## 成绩 · Scores

`python -m studio.starter score --reviews REVIEWS.csv`
（真实评论：4,000 条外卖评论，列 review、label · real reviews: 4,000 of Chinese food delivery,
columns review and label）

| 项目 · what | 成绩 · score | 目标 · wanted |
|---|---|---|
{scores}

## 不会什么 · Limits

- 它不懂任何一家店的规矩，问“少糖怎么做”只会答“少放一点糖”；教了才会。It knows no shop's rules until it is taught.
- 它只见过自己那一套文字，超出的问题会答错，不要当真。Outside the kinds of text it was trained on it is often wrong.
- 少见的字常常抄错。Rare characters it often copies wrong.
- 算数只见过二十以内的加减和九九乘法，没见过的常常算错。
  It saw sums up to twenty and the times table; those it did not see it often gets wrong.
- 预训练的文字大多不到五百个字词，上限 1,024。Most of its training text was shorter than 500 tokens; the limit is 1,024.
"""


def write_card(folder: Path, lines: Sequence[Line]) -> None:
    """README.md in the model's folder."""
    rows = "\n".join(f"| {line.what} | {line.value} | {line.wanted} |" for line in lines)
    (folder / "README.md").write_text(_CARD.replace("{scores}", rows), encoding="utf-8")
