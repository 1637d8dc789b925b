"""Lessons from reviews: the same reviews as plain text, labels, stars, summaries, comparisons and continuations.

It knows how to ask about a review, not how a review is written (see ``reviews``).
"""

import random

from studio.starter.documents import Document, Language, talk, text
from studio.starter.grammar import grow, lexicon
from studio.starter.reviews import Review, Sentiment, write_review

_MOODS: tuple[Sentiment, ...] = ("good", "bad", "soso")


def write_lesson(rng: random.Random, language: Language) -> Document:
    """One lesson of some kind."""
    kinds = (_labelled, _labelled_set, _plain, _aspect, _trade, _several, _reply, _written, _pair)
    return rng.choices(kinds, (8, 8, 4, 4, 1, 2, 1, 1, 2))[0](rng, language)


def write_each(rng: random.Random, language: Language) -> Document:
    """Many short reviews at once, each with its label: ten times as many labels to learn from as one review has."""
    labels = _labels(rng, language)
    moods = [rng.choice(_MOODS[: len(labels)]) for _ in range(rng.randint(4, 12))]
    lines = [write_review(rng, language, mood, rng.choice((1, 1, 2))).text for mood in moods]
    shown = "\n".join(f"{place}. {line}" for place, line in enumerate(lines, 1))
    answer = "\n".join(f"{place}. {labels[_MOODS.index(mood)]}" for place, mood in enumerate(moods, 1))
    joined = ("、" if language == "zh" else ", ").join(rng.sample(labels, len(labels)))
    return talk(
        grow(rng, rng.choice(lexicon(f"{language}_lessons")["each"]), {"labels": joined, "text": shown}), answer
    )


def _labels(rng: random.Random, language: Language, size: int | None = None) -> list[str]:
    """Label words for good, bad and so-so (the last left out of a set of two)."""
    labels = rng.choice(lexicon(f"{language}_lessons")["labels"]).split("/")
    return labels[: size or rng.choice((2, 3, 3))]


def _review(rng: random.Random, language: Language, labels: list[str]) -> Review:
    """A review whose sentiment has a label in the set."""
    return write_review(rng, language, rng.choice(_MOODS[: len(labels)]))


def _labelled(rng: random.Random, language: Language) -> Document:
    """The label set is in the question: the studio's own wording, or another."""
    labels = _labels(rng, language)
    review = _review(rng, language, labels)
    shown = rng.sample(labels, len(labels))
    joined = rng.choice(("、", "、", "/", "，", "或")) if language == "zh" else rng.choice((", ", ", ", "/", " or "))
    style = lexicon(f"{language}_lessons")
    ask = style["studio"] if rng.random() < 0.4 else rng.choice(style["label"])
    slots = {"labels": joined.join(shown), "text": review.text}
    return talk(grow(rng, ask, slots), labels[_MOODS.index(review.sentiment)])


def _labelled_set(rng: random.Random, language: Language) -> Document:
    """A question without a label set: yes or no, stars, like or dislike."""
    entry = rng.choice(lexicon(f"{language}_lessons")["judge"])
    moods = [mood for mood in _MOODS if mood in entry]
    review = write_review(rng, language, rng.choice(moods))
    answer = grow(rng, entry[review.sentiment])
    if rng.random() < 0.15:
        return text(f"{review.text}\n{answer}")
    return talk(grow(rng, rng.choice(entry["ask"]), {"text": review.text}), answer)


def _plain(rng: random.Random, language: Language) -> Document:
    """Reviews of one mood in a row, as on a page."""
    mood = rng.choice(_MOODS)
    return text("\n".join(write_review(rng, language, mood).text for _ in range(rng.randint(1, 4))))


def _aspect(rng: random.Random, language: Language) -> Document:
    """Which remarks praise, which complain."""
    entry = rng.choice(lexicon(f"{language}_lessons")["aspect"])
    review = write_review(rng, language)
    picked = [remark.text for remark in review.remarks if remark.sentiment == entry["mood"]]
    answer = ("，" if language == "zh" else ", ").join(picked) or entry["none"]
    return talk(grow(rng, rng.choice(entry["ask"]), {"text": review.text}), answer)


def _trade(rng: random.Random, language: Language) -> Document:
    """Which trade a review is about."""
    style = lexicon(f"{language}_lessons")
    review = write_review(rng, language)
    others = rng.sample(sorted(set(style["trade"]) - {review.domain}), rng.randint(1, 4))
    shown = rng.sample([review.domain, *others], len(others) + 1)
    labels = ("、" if language == "zh" else ", ").join(style["trade"][one] for one in shown)
    ask = style["studio"] if rng.random() < 0.4 else rng.choice(style["trade_ask"])
    return talk(grow(rng, ask, {"labels": labels, "text": review.text}), style["trade"][review.domain])


def _several(rng: random.Random, language: Language) -> Document:
    """Some labelled reviews, then one more: the labels mean what the examples show."""
    labels = rng.choice((_labels(rng, language, 2), rng.sample(list("甲乙丙丁ABCDXY0123456789"), 2)))
    lines = []
    for _ in range(rng.randint(2, 6)):
        review = _review(rng, language, labels)
        lines.append((review.text, labels[_MOODS.index(review.sentiment)]))
    arrow = rng.choice((" → ", "\n", " = ", "：", "\t"))
    if rng.random() < 0.5:
        return text("\n".join(one + arrow + label for one, label in lines))
    shown = "\n".join(one + arrow + label for one, label in lines[:-1])
    return talk(shown + "\n" + lines[-1][0] + arrow.rstrip(), lines[-1][1])


def _reply(rng: random.Random, language: Language) -> Document:
    """The shop answers a review."""
    style = lexicon(f"{language}_lessons")
    review = write_review(rng, language)
    ask = grow(rng, rng.choice(style["reply_ask"]), {"text": review.text})
    return talk(ask, rng.choice(style["reply"][review.sentiment]))


def _written(rng: random.Random, language: Language) -> Document:
    """A review is written to order."""
    style = lexicon(f"{language}_lessons")
    review = write_review(rng, language)
    slots = {"label": rng.choice(style["order"][review.sentiment]), "trade": style["trade"][review.domain]}
    return talk(grow(rng, rng.choice(style["order_ask"]), slots), review.text)


def _pair(rng: random.Random, language: Language) -> Document:
    """Of two reviews, which one praises or complains."""
    entry = rng.choice(lexicon(f"{language}_lessons")["pair"])
    right: Sentiment = entry["mood"]
    place = rng.randrange(2)
    moods: list[Sentiment] = [rng.choice([mood for mood in _MOODS if mood != right])] * 2
    moods[place] = right
    slots = {name: write_review(rng, language, mood).text for name, mood in zip("ab", moods, strict=True)}
    return talk(grow(rng, rng.choice(entry["ask"]), slots), str(place + 1))
