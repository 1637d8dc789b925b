"""The Chinese characters that a shop's customers may write.

It knows no word and no token.
"""


def common_characters() -> list[str]:
    """The 3,755 most common Chinese characters (level 1 of GB 2312), in the standard's order."""
    codes = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return [code.decode("gb2312") for code in codes if not (code[0] == 0xD7 and code[1] > 0xF9)]
