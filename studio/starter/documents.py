"""What a document is: a conversation of turns, or plain text as a single turn without a role.

It knows nothing of how documents are written or tokenised.
"""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
Role = Literal["text", "system", "user", "assistant"]


@dataclass(frozen=True)
class Turn:
    role: Role
    content: str


Document = tuple[Turn, ...]


def text(content: str) -> Document:
    """Plain text: no roles, every token is learned."""
    return (Turn("text", content),)


def talk(*contents: str, system: str | None = None) -> Document:
    """A conversation of alternating user and assistant turns, after an optional system turn."""
    head = () if system is None else (Turn("system", system),)
    roles: tuple[Role, Role] = ("user", "assistant")
    return head + tuple(Turn(roles[i % 2], content) for i, content in enumerate(contents))
