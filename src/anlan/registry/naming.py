"""The normal form of names of enterprises and sites. Pure Python.

The form finds what may be one subject under two spellings, and a person then decides: joining two
names wrongly costs a look, missing a pair costs a second file on one enterprise. So whatever a
clerk writes this way or that is taken away:

- width, blanks, capitals, brackets of any kind, dots, hyphens and quotation marks;
- 有限责任公司 and 有限公司 are one, and so are 股份有限公司 and 股份公司: by the Company Law (2023)
  art. 7 either word designates the same kind of company. The two kinds stay apart.

Branches (…分公司), plants and numbers keep their names: 一矿 and 二矿 are two.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120  # characters that the column holds; one letter may unfold to eighteen
_MEANINGLESS = re.compile(r"[\s()\[\]{}〔〕【】〈〉《》「」“”‘’\"'·•.。,，、\-‐–—_]+")
_DESIGNATIONS = (("有限责任公司", "有限公司"), ("股份有限公司", "股份公司"))


def key(name: str) -> str:
    """The normal form under which two spellings of one name are equal.

    >>> key("山西（吕梁）演示煤业有限责任公司") == key("山西(吕梁) 演示煤业有限公司")
    True
    >>> key("演示铝业股份有限公司") == key("演示铝业有限公司")
    False
    """
    plain = unicodedata.normalize("NFKC", name).lower()
    # Once more: a mark whose blank is gone joins the letter before it.
    plain = unicodedata.normalize("NFKC", _MEANINGLESS.sub("", plain))
    for written, form in _DESIGNATIONS:
        plain = plain.replace(written, form)
    return (plain or name.strip())[:LONGEST]
