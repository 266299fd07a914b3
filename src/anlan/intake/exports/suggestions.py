"""What to propose to the drafters for each kind of difference and of remark, in plain Chinese.

Where the two sides disagree and nothing tells which is meant, the proposal follows the body (the
notice itself; the table is its attachment) and leaves the decision to the drafters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from anlan.intake.exports.wording import item as named
from anlan.intake.exports.wording import quoted
from anlan.notices.kinds import DifferenceKind as D
from anlan.notices.kinds import RemarkKind as R

DECIDE = "（请起草单位确定）"


@dataclass(frozen=True)
class Finding:
    """A difference (``body``, ``table``) or a remark (``text``) on an item.

    ``year``: of the notice. ``on_record``: whether a unit's name is its name on record.
    """

    code: str
    item: int | None
    body: str = ""
    table: str = ""
    text: str = ""
    year: int | None = None
    on_record: Callable[[str], bool] = lambda name: False

    @property
    def where(self) -> str:
        return named(self.item)

    @property
    def quote(self) -> str:
        """The words of the notice that a remark quotes first, without the marks; may be empty."""
        found = re.search(r"“([^”]*)”", self.text)
        return found[1] if found else ""

    @property
    def year_end(self) -> str:
        return f"{self.year}年12月底前" if self.year else "年底前"


def suggest(finding: Finding) -> str:
    """The proposal. KeyError for a kind that nobody has written a proposal for."""
    return _PROPOSALS[finding.code](finding)


Propose = Callable[[Finding], str]


# --- differences ------------------------------------------------------------------------------


def _one_side(body_lacks: str, table_lacks: str, *, name: bool = False) -> Propose:
    def propose(f: Finding) -> str:
        missing = f.body or f.table
        words = missing if name else quoted(missing.rstrip("，、；。"))
        return (table_lacks if f.body else body_lacks).format(
            where=f.where, words=words, decide=DECIDE
        )

    return propose


_missing = _one_side(
    "正文补写附表{where}{words}；如不再要求，从附表删去{decide}。",
    "附表补列{where}{words}，内容、责任单位和完成时限与正文一致。",
)
_part = _one_side(
    "正文{where}补写：{words}，并写明责任单位；如已在其他项中要求，从附表{where}删去{decide}。",
    "附表{where}补列：{words}，责任单位与正文一致。",
)
_unit = _one_side(
    "正文{where}责任单位补列：{words}；如该单位不承担这项任务，从附表{where}删去{decide}。",
    "附表{where}责任单位补列：{words}。",
    name=True,
)
_text = _one_side(
    "正文{where}补写：{words}；如不再要求，从附表{where}删去{decide}。",
    "附表{where}补写：{words}。",
)


def _number(f: Finding) -> str:
    if not (f.body and f.table):
        return _text(f)
    return (
        f"正文{f.where}与附表数字不一致，建议统一为：{quoted(f.body)}；"
        f"如以附表为准，正文改为：{quoted(f.table)}{DECIDE}。"
    )


def _unit_name(f: Finding) -> str:
    right = [name for name in (f.body, f.table) if f.on_record(name)]
    if len(right) != 1:
        either = f"{quoted(f.body)}或{quoted(f.table)}"
        return f"正文和附表{f.where}统一写作{either}，以规范名称为准{DECIDE}。"
    side = "附表" if right == [f.body] else "正文"
    return f"{side}{f.where}改为{quoted(right[0])}，与单位库中的规范名称一致。"


def _role(f: Finding) -> str:
    return (
        f"附表{f.where}改为{quoted(f.body)}，与正文一致；"
        f"如以附表为准，正文改为{quoted(f.table)}{DECIDE}。"
    )


def _title(f: Finding) -> str:
    if not (f.body and f.table):
        side = "附表" if f.body else "正文"
        return f"{side}{f.where}补写任务名称{quoted(f.body or f.table)}。"
    return f"附表{f.where}任务名称改为{quoted(f.body)}，与正文一致。"


def _wording(f: Finding) -> str:
    if not (f.body and f.table):
        return _text(f)
    return f"附表{f.where}改为：{quoted(f.body)}，与正文一致；如以附表为准，修改正文{DECIDE}。"


def _punctuation(f: Finding) -> str:
    return f"附表{f.where}标点与正文一致，改为：{quoted(f.body)}。"


# --- remarks ----------------------------------------------------------------------------------


def _no_owner(f: Finding) -> str:
    return f"{f.where}写明责任单位；有两个以上单位的，写明哪个牵头、哪些配合{DECIDE}。"


def _figures(f: Finding) -> str:
    first, second = ([*re.findall(r"“([^”]*)”", f.text), "", ""])[:2]
    if not second:
        return f"{f.where}前后数字统一{DECIDE}。"
    return f"{f.where}统一为：“{first}”；如以另一处为准，统一为：“{second}”{DECIDE}。"


def _open_units(f: Finding) -> str:
    closed = re.sub(r"等(?:部门|单位|有关.*)?$", "", f.quote) or f.quote
    return (
        f"{f.where}责任单位“{f.quote}”改为逐一列出全部单位；"
        f"没有其他单位的，写到“{closed}”为止{DECIDE}。"
    )


def _unclear_unit(f: Finding) -> str:
    quotes = re.findall(r"“([^”]*)”", f.text)
    if len(quotes) > 1:
        return f"“{f.quote}”前写明“{quotes[1]}分别”或“{quotes[1]}合计”{DECIDE}。"
    if "计量单位" in f.text:
        return f"“{f.quote}”的数字后补写计量单位{DECIDE}。"
    if "由谁组织" in f.text:
        return f"“{f.quote}”写明由谁组织，并写明“全市”“每县（市、区）”或“每个部门”{DECIDE}。"
    return f"“{f.quote}”前写明“全市合计”“每县（市、区）”或“每个行业领域”{DECIDE}。"


def _no_date(f: Finding) -> str:
    return (
        f"“{f.quote}”前补写完成时限，如“{f.year_end}”；"
        f"需要按期考核的，写明每年、每季度或每月{DECIDE}。"
    )


def _unknown_unit(f: Finding) -> str:
    return f"“{f.quote}”改用现行机构的规范名称；确有这个机构的，请告知全称，由安委办补入单位库。"


def _duplicate(f: Finding) -> str:
    return f"“{f.quote}”只在一项中提出，另一处删去，并写明由谁负责{DECIDE}。"


def _reference(f: Finding) -> str:
    return f"“{f.quote}”改为所指项的实际序号；所指内容已删去的，这句话一并删去{DECIDE}。"


def _attachment(f: Finding) -> str:
    return f"补上“{f.quote}”；附件另行印发的，写明“另行印发”。"


def _signature(f: Finding) -> str:
    return "印发前在落款处写全成文日期，年、月、日用阿拉伯数字，月、日不编虚位（不写作01）。"


def _blank(f: Finding) -> str:
    return f"“{f.quote}”处填写具体内容{DECIDE}。"


def _vague(f: Finding) -> str:
    word = re.match(r"适时|择机|尽快|力争|原则上要?|视情况?", f.quote)
    if word and word[0].startswith(("适时", "择机", "尽快")):
        return f"“{f.quote}”中的“{word[0]}”改为具体时限，如“{f.year_end}”{DECIDE}。"
    if word:
        return f"“{f.quote}”删去“{word[0]}”，或写明数量、时限和例外情形{DECIDE}。"
    return f"“{f.quote}”写明完成时限和可检查的结果{DECIDE}。"


_PROPOSALS: dict[str, Propose] = {
    D.MISSING_ROW: _missing,
    D.MISSING_ITEM: _missing,
    D.PART_MISSING: _part,
    D.UNIT_MISSING_IN_TABLE: _unit,
    D.UNIT_MISSING_IN_BODY: _unit,
    D.NUMBER: _number,
    D.ROLE: _role,
    D.UNIT_NAME: _unit_name,
    D.TITLE: _title,
    D.TEXT_ONLY_IN_BODY: _text,
    D.TEXT_ONLY_IN_TABLE: _text,
    D.WORDING: _wording,
    D.PUNCTUATION: _punctuation,
    R.NO_OWNER: _no_owner,
    R.CONFLICTING_FIGURES: _figures,
    R.OPEN_UNITS: _open_units,
    R.UNCLEAR_UNIT: _unclear_unit,
    R.NO_DATE: _no_date,
    R.UNKNOWN_UNIT: _unknown_unit,
    R.DUPLICATE_DUTY: _duplicate,
    R.DANGLING_REFERENCE: _reference,
    R.MISSING_ATTACHMENT: _attachment,
    R.MISSING_DATE_IN_SIGNATURE: _signature,
    R.BLANK: _blank,
    R.VAGUE: _vague,
}
