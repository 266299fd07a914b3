"""The figures of a clause, so that a changed number is told from changed words."""

from __future__ import annotations

import re

from anlan.notices.obligations.numbers import parse_chinese

_MEASURES = "次处项个座支家人名年月日天起米套所批场件户村台辆条倍成"
_ARABIC = re.compile(rf"(\d+(?:\.\d+)?)(%|‰|万|亿|[{_MEASURES}])?")
_CHINESE = re.compile(rf"([〇零一二两三四五六七八九十百千]+)([{_MEASURES}])(?!票)")
# Chinese numerals are also parts of words (三违, 统一); they count where the clause binds a number.
_BINDING = re.compile(r"至少|不少于|不低于|不超过|最多|不得少于|每|以上|以下|以内|之内|全年")
_DATE_WORD = re.compile(r"[年季月]底前?|[上下]半年")


def figures(text: str) -> list[tuple[str, str]]:
    """(value, measure) of each figure in the clause ``text``, its white space already removed."""
    found = [(f"{float(m[1]):g}", m[2] or "") for m in _ARABIC.finditer(text)]
    if _BINDING.search(text):
        found += [(str(parse_chinese(m[1])), m[2]) for m in _CHINESE.finditer(text)]
    found += [(m[0].removesuffix("前"), "") for m in _DATE_WORD.finditer(text)]
    return found
