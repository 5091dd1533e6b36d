"""What people typed, made harmless for a mail: no program makes a link of it. Pure.

A mail of a street office is trusted, and anybody writes complaints. Our own address is added by us, after this.
"""

import re

_DOTS, _SENTENCE_ENDS = ".．。｡", "。｡"
"""What stands between the parts of a host's name (RFC 3490, section 3.1); the ideographic ones also end a sentence."""
_CHINESE = "中国|中國|公司|网络|網絡|网址|商城|集团|政务|公益|在线|网站|网店|手机|移动|信息|娱乐|游戏|购物|广东|佛山"
_SCHEME = re.compile(r"(?<!\[)[:：]//")
_DOTTED = re.compile(rf"[\w-]+(?:[{_DOTS}][\w-]+)+")
_TOP = re.compile(rf"(?:xn--[a-z0-9-]+|[a-z]{{2,}})(?![a-z0-9])|(?:{_CHINESE})(?!\w)", re.IGNORECASE)
_BEFORE, _AFTER = re.compile(r"[a-z0-9-]\Z", re.IGNORECASE), re.compile(r"[a-z0-9]", re.IGNORECASE)


def harmless(text: str) -> str:
    """`http://a.example.com` becomes `http[://]a[.]example[.]com`: to be read and typed, not to be clicked.

    Numbers with a dot stay (3.5 米, 2026.11.23), and so does the end of a sentence.
    """
    return _DOTTED.sub(_host, _SCHEME.sub("[://]", text))


def _host(found: re.Match[str]) -> str:
    parts = re.split(f"([{_DOTS}])", found[0])
    labels, dots = parts[::2], parts[1::2]
    last = max((at for at in range(1, len(labels)) if _TOP.match(labels[at])), default=0)
    for at in range(last):
        if dots[at] not in _SENTENCE_ENDS or (_BEFORE.search(labels[at]) and _AFTER.match(labels[at + 1])):
            dots[at] = "[.]"
    return "".join(part for pair in zip(labels, [*dots, ""], strict=True) for part in pair)
