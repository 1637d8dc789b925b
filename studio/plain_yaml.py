"""YAML of values alone, of a size and a depth that no machine minds.

Knows no file and no sentence: whoever asks says how long a text may be, and what a refusal means.
"""

from __future__ import annotations

from typing import Any

import yaml

DEEPEST = 20  # lists and objects within each other
LONGEST_VALUE = 40  # characters of a number, a date, a truth value; text may be of any length


class _Plain(yaml.SafeLoader):
    """No aliases, with which 350 bytes unfold into gigabytes, and nothing so deep that Python runs out of stack."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias (*)")
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.YAMLError(f"more than {DEEPEST} levels")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        if isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":str") and len(node.value) > LONGEST_VALUE:
            raise yaml.YAMLError(f"a value of {len(node.value)} characters")  # 1:1:1:… is a number of any size
        return super().construct_object(node, deep)


def load(text: str, most: int) -> Any:
    """The value of a text of at most `most` characters. Raises ValueError with the reason, in a few words."""
    if len(text) > most:
        raise ValueError(f"more than {most} characters")
    try:
        return _Plain(text).get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, OverflowError) as error:
        raise ValueError(str(error).splitlines()[0][:200]) from error
