"""What a messenger writes where a picture, a sound or a message that was taken back stood.

Knows no form of a text.
"""

from __future__ import annotations

import re

INSTEAD = (
    r"<[^<>\n]{3,60}>",
    r"[\[【](?:图片|表情|动画表情|语音|视频|文件|位置|名片|红包|转账|链接|小程序|聊天记录)[^\]】\n]{0,40}[\]】]",
    r"[\[【][^\[\]\n]{0,12}(?:通话|图片|表情|语音|视频)[\]】]",
    r"(?:image|video|audio|sticker|gif|document|contact card) omitted|null",
    r".{1,120}\((?:file attached|archivo adjunto|fichier joint|datei angehängt|文件附件|附件)\)",
    r"(?:this message was deleted|you deleted this message|diese nachricht wurde gelöscht)\.?",
    r"(?:se eliminó este mensaje|ce message a été supprimé|此消息已删除|此訊息已刪除)[.。]?",
    r"你删除了这[条則则](?:消息|訊息)[.。]?|.{0,20}(?:撤回了一条消息|撤回了一則訊息)",
    r"missed (?:voice|video) call",
)
_INSTEAD = re.compile("|".join(INSTEAD), re.IGNORECASE)


def is_media(words: str) -> bool:
    """Whether nothing is said: the message is empty, or holds what the messenger put in place of something else."""
    return all(not line.strip() or _INSTEAD.fullmatch(line.strip(" \u200e\t")) for line in words.split("\n"))
