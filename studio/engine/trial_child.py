"""The process that tries a stranger's tokenizer and chat template, so that one without end ends here.

Knows no model and no library of models: it reads one folder and prints one JSON object.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.data.reading.child import limit, print_answer
from studio.errors import StudioError

MEMORY = 4 * 2**30  # bytes of address space
LONG = 3000  # characters
PIECES = ("a", "A", "1", " ", "\n", "!", "好", "。", "aA1", "a ", " \n", "é", "'s", "🍵")
SAID = ("你们几点开门？早上九点。", "What's new? 20% off, isn't it!")
TEXTS = (*SAID, *(piece * (LONG // len(piece)) for piece in PIECES))
TURNS = [("user", "几点开门？"), ("assistant", "早上九点。")]
CONVERSATIONS = (TURNS[:1], TURNS, [("system", "你是店员。"), *TURNS], TURNS * 8, [("user", "长" * LONG), TURNS[1]])
NAMED = {"bos_token": "<s>", "eos_token": "</s>"}
MOST_ADDED = 20_000  # tokens beside a vocabulary; the most in use are Gemma's 6,400
ADDED = (
    ("tokenizer.json", "added_tokens"),
    ("tokenizer_config.json", "added_tokens_decoder"),
    ("added_tokens.json", ""),
)
MOST_WRITTEN = 200_000  # characters


def main() -> None:
    os.environ |= {"TOKENIZERS_PARALLELISM": "false", "OPENBLAS_NUM_THREADS": "1"}
    folder = Path(sys.argv[1])
    limit(MEMORY, int(sys.argv[2]), written=0)
    print_answer(lambda: tried(folder))


def tried(folder: Path) -> dict[str, Any]:
    """Raises StudioError engine.never_ends; what is merely broken is nobody's business here."""
    _must_be_few(folder)
    for name in ("tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model"):
        if (folder / name).is_file():
            _read_out(folder / name)
            break
    for source in templates(folder):
        _write(source)
    return {}


def _must_be_few(folder: Path) -> None:
    """Raises StudioError where so many tokens stand beside the vocabulary that reading them takes hours."""
    for name, key in ADDED:
        found = json.loads((folder / name).read_text(encoding="utf-8")) if (folder / name).is_file() else {}
        added = found.get(key) if key and isinstance(found, dict) else found
        if isinstance(added, (dict, list)) and len(added) > MOST_ADDED:
            raise StudioError("engine.too_many_tokens", file=name, count=len(added), most=MOST_ADDED)


def _read_out(path: Path) -> None:
    if path.suffix == ".model":
        from sentencepiece import SentencePieceProcessor

        try:
            pieces = SentencePieceProcessor(model_file=str(path))
        except (OSError, RuntimeError, ValueError):
            return
        for text in TEXTS:
            pieces.encode(text)
        return
    from tokenizers import Tokenizer

    given = path.read_text(encoding="utf-8", errors="replace")
    if any(branches(pattern) for pattern in patterns(json.loads(given))):
        raise StudioError("engine.never_ends", folder=str(path.parent))
    tokenizer = Tokenizer.from_str(given)
    for text in TEXTS:
        tokenizer.decode(tokenizer.encode(text).ids)


def patterns(value: Any) -> Iterator[str]:
    """Every regular expression of a tokenizer.json, whatever it is for."""
    if isinstance(value, dict):
        if isinstance(value.get("Regex"), str):
            yield value["Regex"]
        parts = [part for key, part in value.items() if key not in ("vocab", "merges", "added_tokens")]
    else:
        parts = value if isinstance(value, list) else []
    for part in parts:
        yield from patterns(part)


REPEATS = re.compile(r"[*+]|\{\d*,\d*\}")
SKIPPED = re.compile(r"\\[pPxu]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|\[[^\]]*\]|[^\]\\])*\]", re.DOTALL)


def branches(pattern: str) -> bool:
    """Whether something that repeats stands in a group that repeats: the number of ways to match doubles with every
    character. No tokenizer in use has one."""
    inner, at = [False], 0  # whether something repeats, in each group that is open
    while at < len(pattern):
        if skipped := SKIPPED.match(pattern, at):
            at = skipped.end()
            continue
        repeats = REPEATS.match(pattern, at)
        closes = pattern[at] == ")" and len(inner) > 1
        if repeats:
            inner[-1] = True
        if pattern[at] == "(":
            inner.append(False)
        if closes:
            within = inner.pop()
            if within and REPEATS.match(pattern, at + 1):
                return True
            inner[-1] = inner[-1] or within
        at = repeats.end() if repeats else at + 1
    return False


def templates(folder: Path) -> Iterator[str]:
    """Every chat template of a folder, wherever its makers put it."""
    for path in (folder / "chat_template.jinja", *sorted(folder.glob("additional_chat_templates/*.jinja"))):
        if path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")
    for name in ("tokenizer_config.json", "chat_template.json"):
        if (folder / name).is_file():
            found = json.loads((folder / name).read_text(encoding="utf-8", errors="replace"))
            yield from _texts(found.get("chat_template") if isinstance(found, dict) else None)


def _texts(given: Any) -> Iterator[str]:
    """Of a template, or of several with names."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, (list, dict)):
        for one in given.values() if isinstance(given, dict) else given:
            yield from _texts(one.get("template") if isinstance(one, dict) else one)


def _write(source: str) -> None:
    """Every conversation, as transformers would write it. Raises StudioError where that grows without measure."""
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(problem: str) -> None:
        raise TemplateError(problem)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = lambda value, **_: json.dumps(value, ensure_ascii=False)
    environment.globals.update(raise_exception=refuse, strftime_now=lambda _: "2026-01-01")
    # what learns only the answers marks them so, which changes nothing of what is written
    template = environment.from_string(re.sub(r"\{%-?\s*(end)?generation\s*-?%\}", "", source))
    for said in CONVERSATIONS:
        messages = [{"role": role, "content": content} for role, content in said]
        try:
            written = template.render(messages=messages, add_generation_prompt=True, **NAMED)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001, S112  (a stranger's program: what it raises is told when it is opened)
            continue
        if len(written) > MOST_WRITTEN:
            raise StudioError("engine.never_ends", folder=sys.argv[1])


if __name__ == "__main__":
    main()
