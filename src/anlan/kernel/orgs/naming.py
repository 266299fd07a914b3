"""The normal form of names as documents write them. Pure Python.

Only differences that are certain to mean nothing are removed: width, blanks, brackets and what
separates words inside them, the fillers 各 and 有关, a trailing 等 or 等部门, 人民政府 for 政府.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SEPARATORS = re.compile(r"[\s()\[\]{}〔〕【】〈〉《》「」“”\"'、,,;;.。·:]+")
_FILLERS = re.compile(r"各|有关|相关|人民(?=政府)")
_LEVELS = ("街道", "社区")  # words for a kind of area that are longer than one character
_OPEN_END = re.compile(r"等(?:有?关?(?:部门|单位))?$")


def key(name: str) -> str:
    """The normal form under which two spellings of one name are equal.

    >>> key("各县（市、区）人民政府") == key("县市区政府")
    True
    >>> key("市安委会有关成员单位") == key("市安委会各成员单位")
    True
    """
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", name))
    return _FILLERS.sub("", _OPEN_END.sub("", plain)) or plain


def is_open(name: str) -> bool:
    """Whether the name leaves its list open (…等部门): more units may be meant than are named."""
    return bool(_OPEN_END.search(_SEPARATORS.sub("", unicodedata.normalize("NFKC", name))))


def local_names(name: str, area: str) -> Iterator[str]:
    """``name``, and what ``area`` calls it: 吕梁市应急管理局 is 市应急管理局 in 吕梁市."""
    yield name
    if name.startswith(area) and len(name) > len(area):
        level = next((word for word in _LEVELS if area.endswith(word)), area[-1])
        yield level + name.removeprefix(area)
