"""Names that share a beginning or an ending with their neighbour, written out where certain.

市人社局、民政局 means 市民政局; 煤矿、非煤矿山安全专业委员会办公室 means two offices.
"""

from __future__ import annotations

import re

from anlan.notices.responsibility.lexicon import (
    BARE_BUREAU,
    BUREAU,
    LEVEL_OF_BUREAU,
    SECTOR_ONLY,
    SHARED_DEPARTMENT,
    SHARED_OFFICE,
    STEM_ONLY,
)
from anlan.notices.responsibility.names import is_name

# Which name carries a shared ending, and which words in front of it can have lost theirs.
_STEM_BEFORE = (
    (SHARED_OFFICE, re.compile(r"^[\u4e00-\u9fff]{2,10}$")),
    (SHARED_DEPARTMENT, SECTOR_ONLY),
    (BUREAU, STEM_ONLY),
)
_PARTY = re.compile(r"^(.+?)(?:党委|党工委)$")
_GOVERNMENT = re.compile(r"^(?:人民政府|政府|管委会)$")
_EVERY = re.compile(r"^各(?!级|部门|单位|地).*(?:乡镇|镇|乡|街道|县|区|园区|政府|办事处)$")
_BARE_AREA = re.compile(r"^(?:镇|乡|街道|街道办事处|园区|村|社区|开发区|功能区)$")


def expand(names: list[str]) -> list[str]:
    """The names in order, shared beginnings and endings written out; the number stays the same."""
    return _expand_beginnings(_expand_endings(names))


def _expand_endings(names: list[str]) -> list[str]:
    found: list[str] = []
    ending, stem = "", _STEM_BEFORE[0][1]
    for name in reversed(names):
        if not is_name(name):
            found.append(name + ending if ending and stem.match(name) else name)
            continue
        found.append(name)
        ending = ""
        for carrier, fitting in _STEM_BEFORE:
            match = carrier.search(name)
            if match and match.start(1):
                ending, stem = match[1], fitting
                break
    return found[::-1]


def _expand_beginnings(names: list[str]) -> list[str]:
    found: list[str] = []
    level = every = ""
    for name in names:
        if BARE_BUREAU.match(name):
            found.append(level + name)
            continue
        before = _PARTY.match(found[-1]) if found else None
        if before and _GOVERNMENT.match(name):
            name = before[1] + name
        elif every and _BARE_AREA.match(name):
            name = every + name
        found.append(name)
        bureau = LEVEL_OF_BUREAU.match(name)
        level = bureau[1] if bureau else ""
        every = "各" if _EVERY.match(name) or (every and name.startswith("各")) else ""
    return found
