"""Whether a text is a notice at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anlan.notices.document import NoticeError
from anlan.notices.structure.marks import Mark, Rank
from anlan.notices.structure.owners import find_owners
from anlan.notices.structure.signs import chinese_count
from anlan.notices.structure.text import Text
from anlan.notices.structure.titles import looks_like_title

_ADDRESS = re.compile(r"^各[^。\n]{2,200}[：:]\s*$", re.M)
_BODY = (
    r"(?:各(?:级|县|市|区|乡|镇|街|单位|部门|有关|相关|行业|成员|地)|政府|委员会|办公室|主管部门"
    r"|企业|生产经营单位)"
)
_BINDS = r"(?:应当?|要|须|必须|不得|严禁|负责|落实|确保|开展|制定|建立|加强|推进|完成|组织)"
_BINDING = re.compile(rf"{_BODY}[^。；\n]{{0,60}}{_BINDS}")
_FEWEST = 4  # Chinese characters without which nothing can be a notice

_NOTHING = (
    "没有读到通知的内容：文件里没有通知标题、编号的任务，也没有规定谁做什么的句子。"
    "请确认选择的是通知（或其征求意见稿、任务分工表）本身。"
)


def require_notice(text: Text, marks: Sequence[Mark], *, has_table: bool) -> None:
    """Raises NoticeError unless the text has at least one thing that only such documents have.

    Enough is any of: a table of assignments; two marks 第一章, 一、, 第一条 or （一）; a title such
    as 关于…的通知; addressees (各…：); a responsibility; a sentence that binds a public body or an
    enterprise.
    """
    if has_table:
        return
    if chinese_count(text.string[:100_000]) < _FEWEST:
        raise NoticeError(_NOTHING)
    if sum(mark.rank <= Rank.HEADING for mark in marks) > 1:
        return
    if _ADDRESS.search(text.string) or _BINDING.search(text.string):
        return
    paragraphs = text.paragraphs((0, len(text.string)))
    if any(looks_like_title(text.raw(each)) for each in paragraphs[:10]):
        return
    if find_owners(text, (0, len(text.string))):
        return
    raise NoticeError(_NOTHING)
