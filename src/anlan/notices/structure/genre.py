"""Whether a text is a notice at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anlan.notices.document import NoticeError
from anlan.notices.structure.marks import Mark, Rank
from anlan.notices.structure.owners import find_owners
from anlan.notices.structure.signs import TITLE_ENDING, chinese_count
from anlan.notices.structure.text import Text
from anlan.notices.structure.titles import looks_like_title

_ADDRESS = re.compile(r"^各[^。\n]{2,200}[：:]\s*$", re.M)
_BODY = (
    r"(?:各(?:级|县|市|区|乡|镇|街|单位|部门|有关|相关|行业|成员|地)|政府|委员会|办公室|主管部门"
    r"|企业|生产经营单位)"
)
_BINDS = r"(?:应当?|要|须|必须|不得|严禁|负责|落实|确保|开展|制定|建立|加强|推进|完成|组织)"
_BINDING = re.compile(rf"{_BODY}[^。；\n]{{0,60}}{_BINDS}")
_IMPERATIVE = re.compile(
    r"加强|强化|落实|开展|推进|完善|健全|整治|压实|督促|严格|组织|建立|确保|制定|完成|实施|防范|排查"
    r"|检查|负责|应当|不得|严禁|做好|提高|提升|深化|持续|演练|培训|宣传|治理|研究|报送|改造|建设|建成"
)
_PERSONS = re.compile(r"(?<![其])[他她](?!人)|你|我(?![国省市县区旗州镇乡街委局办部])")
_NARRATIVE = 0.008  # share of 他 她 你 我 from which a text tells a story; official texts have none
_SAMPLE = 100_000
_PAPER = re.compile(rf"^[^。；\n]{{0,60}}{TITLE_ENDING}\s*$", re.M)
_HEAD = 600  # characters in which a title of any wording is looked for
_FEWEST = 4  # Chinese characters without which nothing can be a notice

_NOTHING = (
    "没有读到通知的内容：文件里没有通知标题、编号的任务，也没有规定谁做什么的句子。"
    "请确认选择的是通知（或其征求意见稿、任务分工表）本身。"
)


def require_notice(text: Text, marks: Sequence[Mark], *, has_table: bool) -> None:
    """Raises NoticeError unless the text has at least one thing that only such documents have.

    Enough is any of: a table of assignments; a title such as 关于…的通知; addressees (各…：); a
    responsibility. In a text that tells no story also: two marks 第一章, 一、, 第一条 or （一）
    with a line that names a paper or words that tell somebody to do something; a sentence that
    binds a public body or an enterprise.
    """
    if has_table:
        return
    if chinese_count(text.string[:100_000]) < _FEWEST:
        raise NoticeError(_NOTHING)
    if _ADDRESS.search(text.string) or (not _tells_a_story(text.string) and _binds(text, marks)):
        return
    paragraphs = text.paragraphs((0, len(text.string)))
    if any(looks_like_title(text.raw(each)) for each in paragraphs[:10]):
        return
    if find_owners(text, (0, len(text.string))):
        return
    raise NoticeError(_NOTHING)


def _tells_a_story(words: str) -> bool:
    sample = words[:_SAMPLE]
    persons = sum(1 for _ in _PERSONS.finditer(sample))
    return persons > 1 and persons > _NARRATIVE * chinese_count(sample)


def _binds(text: Text, marks: Sequence[Mark]) -> bool:
    if _BINDING.search(text.string):
        return True
    numbered = sum(mark.rank <= Rank.HEADING for mark in marks) > 1
    return numbered and bool(_IMPERATIVE.search(text.string) or _PAPER.search(text.string[:_HEAD]))
