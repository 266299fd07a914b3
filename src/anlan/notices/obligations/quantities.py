"""Counted quantities: a number, what it counts, and how it binds (不少于30人, 1—2项, 5000万元以下).

以上, 以下 and 以内 include the number, 超过, 高于, 低于 and 不足 exclude it (Civil Code, article
1259). Money keeps its unit as written: 500万元 is 500 万元; other counts are multiplied out.
个月 is 月. A number in a name or a reference (规定的11项职责, 24小时值班, 第3号) is no quantity.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from anlan.notices.obligations import numbers
from anlan.notices.obligations.numbers import SCALES, Number, Value, tidy

_UNIT = re.compile(
    r"个(?P<plain>工作日|月|季度|星期|小时|百分点|基点|批次|学时|标准)(?!以?内外)"
    r"|(?P<unit>人次|场次|家次|批次|架次|车次|工作日|小时|分钟|学时|课时|百分点|基点|天|年|岁|倍"
    r"|平方公里|平方米|立方米|公里|千米|厘米|毫米|公顷|千瓦|兆瓦|(?:kW|MW|km|mm|cm|kg|m[23²³]?|[ht])(?![A-Za-z])"
    r"|张床位?|[美欧港日]元|[%％‰元人名次起项座处个家所支套台辆件户条种类批场期轮遍篇份吨米亩层例宗架只张块间栋幢"
    r"艘口眼只册片组部门级天周秒回具枚路顶床盏副箱瓶桶匹棵株把根袋]|分(?![钟之管别级类批布步为]))"
)
_SHARE = re.compile(
    r"/(?:\d{0,2}[a-zA-Z]{1,3}|[人户台吨])(?:·[人户台])?"
    r"|/[年日天](?=[及或]?以[上下]|的?(?:煤矿|矿井|矿山))"  # 30万吨/年以下煤矿
)
_AFTER = re.compile(
    r"(?:[（(]含(?:本数)?[）)])?(?:(?:及|或)?(?P<up>以上)|(?:及|或)?(?P<down>以下)"
    r"|(?P<within>之内|以内|内(?![部容设外蒙在])))(?:[（(]含(?:本数)?[）)])?"
)
_BEFORE = re.compile(
    r"(?P<ge>[>＞][=＝]|不得?(?:少|低|小|短)[于於]|至少|最[少低]|≥|(?<!到)达到?|(?:提升|提高|增加|扩大)[至到]|提前)"
    r"|(?P<le>[<＜][=＝]|不得?(?:超过|高于|大于|多于|长于|突破)|最[多长高]|至多|≤|控制在|(?:降低?|压减|压缩|缩短|缩减)[至到])"
    r"|(?P<gt>超过|大于|高于|多于|长于|突破|[>＞])"
    r"|(?P<lt>[低小少短]于|不[足满]|未(?:达到?|满)|[<＜])"
)
_OPS = {"ge": ">=", "le": "<=", "gt": ">", "lt": "<"}
_REACH = 14  # characters between 至少 and its number: 至少组织开展一次
_REFERENCE = re.compile(
    r"(?:规定的?|中的|所列的?|列出的|确定的|明确的|提出的|上述|以下|下列|前述|这|那|第|×|[xX*]|Ⅰ"
    r"|用好|近|过去|未来|党的|任何|同|另|某|每|首|再|又|唯|统|专|较|新冠|排名前)$"
)
_NAMED = re.compile(
    r"(?:职责|措施|举措|机制|制度|原则|要求|意见|热线|攻坚|行动|计划|规划|方案|酒精|乙醇|浓度)"
)
_ROUND_THE_CLOCK = re.compile(
    r"(?:[）)]?(?:[不]间断|在岗|专人|全天|应急|动态|轮流)?)"
    r"(?:值班|值守|服务|热线|畅通|开通|监控|监测|待命|带班|不间断|在岗|专人)"
)
_NOT_COUNTED = re.compile(r"次(?:性|采|生|元|品|级|要|序|数)|部[门署队委]|门类|家庭|人[员民体]|级")
_GRADES = re.compile(r"(?:风力|震级|烈度)(?:大于|超过|达到?|高于|不低于|在)?$")
_PLAIN_COUNTS = frozenset("次处名座所场家起支辆台期轮遍")
_ASCII_WORD = re.compile(r"[A-Za-z\d]")
_FROM = re.compile(r"[由从][^，由从]{0,40}$")
_RISES = re.compile(
    r"(?:以[上下])?(?:阶段性|逐步|进一步)?(?:提[升高]|增[加长]|扩大|[降减][低少至到]|下降|压[减缩]|缩短|上升|调整)[至到为]?"
)
_LATER = re.compile(r"(?:之|以)?后")
_TO = re.compile(r"[—\-–－~～─]{1,2}|[至到]")
DURATIONS = frozenset(["年", "季度", "月", "周", "星期", "天", "日", "小时", "分钟", "工作日"]) | {
    "秒"
}
_MONEY = ("元", "吨")
_CAPACITIES = ("吨/年", "吨/日", "吨/天")
_PAST = re.compile(r"(?:^|[与比近较及和（(均])前$|过去$|此前$")
_VALIDITY = re.compile(r"(?:有效期|试用期|聘期|任期|服务期)限?[为是]?$")
_RATE = re.compile(r"[\u4e00-\u9fff]{1,6}率|降?雨量")  # 24小时扑灭率: a name
_PHASE = re.compile(r"[”\ue000]|(?:工程|项目|建设|园区|产业园)$")  # “雪亮工程”二期
_PAIRED = ("和", "、", "与", "及", "以及")


@dataclass(frozen=True)
class Quantity:
    """A quantity at ``start:end`` (its words of comparison included), ``op`` None where bare.

    ``number`` is the place of the number itself. ``within``: followed by 内 or 以内.
    ``attributive``: followed by 以上 or 以下, so that it may describe a noun (50人以上企业).
    """

    start: int
    number: int
    end: int
    value: Value
    value_max: Value | None
    unit: str | None
    op: str | None
    within: bool = False
    attributive: bool = False


def scan(text: str, taken: list[tuple[int, int]]) -> list[Quantity]:
    """The quantities of a clause in order; places in ``taken`` (dates, periods) are left alone."""
    figures = [number for number in numbers.scan(text) if _free(number, taken)]
    words = list(_BEFORE.finditer(text))
    starts = [word.start() for word in words]
    found: list[Quantity] = []
    skip = -1
    for place, number in enumerate(figures):
        if number.start <= skip:
            continue
        follower = figures[place + 1] if place + 1 < len(figures) else None
        at = bisect_right(starts, number.start) - 1
        floor = found[-1].end if found else 0
        word = words[at] if at >= 0 and words[at].end() > floor else None
        quantity = _quantity(text, number, follower, _near(text, word, number))
        if quantity:
            found.append(quantity)
            skip = quantity.end - 1
    return _bounded(text, found)


def _free(number: Number, taken: list[tuple[int, int]]) -> bool:
    at = bisect_right(taken, (number.start, 1 << 60)) - 1
    inside = at >= 0 and number.start < taken[at][1]
    ahead = at + 1 < len(taken) and taken[at + 1][0] < number.end
    return not (inside or ahead)


def _near(text: str, word: re.Match[str] | None, number: Number) -> re.Match[str] | None:
    if not word or not word.end() <= number.start <= word.end() + _REACH:
        return None
    # 超过一定规模的…论证率100%: the comparison belongs to what stands before 的
    strict = word["gt"] or word["lt"]
    return None if strict and "的" in text[word.end() : number.start] else word


def _quantity(
    text: str, number: Number, follower: Number | None, word: re.Match[str] | None
) -> Quantity | None:
    unit, end = _unit(text, number)
    first, last = number, number
    to = _TO.match(text, end)
    if follower and to and to.end() == follower.start and number.value_max is None:
        upper, upper_end = _unit(text, follower)
        if upper and (unit is None or _same(unit, upper)):
            first, last = _alike(number, follower, unit, upper)
            unit, end = unit or upper, upper_end
    if unit == "日" and not _is_days(text, end, word):
        return None
    return _accepted(text, first, last, unit, end, word)


def _unit(text: str, number: Number) -> tuple[str | None, int]:
    """The unit after a number and the place after it; 万元 where 万 belongs to the money."""
    if number.percent:
        return "%", number.end
    if text[number.end : number.end + 1] == "日":
        return "日", number.end + 1
    match = _UNIT.match(text, number.end + _more(text, number))
    if not match:
        return None, number.end
    unit = match["plain"] or match["unit"]
    end = match.end()
    share = _SHARE.match(text, end)
    per = share.group() if share else ""
    whole = unit + per
    joined = number.scale + whole if whole in (*_MONEY, *_CAPACITIES) else whole
    return joined.replace("％", "%"), end + len(per)


def _more(text: str, number: Number) -> bool:
    """Whether 余 or 多 says that it is somewhat more: 1200余套."""
    return text.startswith(("余", "多"), number.end)


def _same(lower: str, upper: str) -> bool:
    return lower == upper or lower[-1] == upper[-1] == "元"


def _alike(number: Number, follower: Number, unit: str | None, upper: str) -> tuple[Number, Number]:
    """Both bounds in one unit: 1-2亿元; 5000万元-1亿元 is 5000 to 10000 万元."""
    if unit is None:
        scale = "" if upper[-1] in _MONEY else number.scale or follower.scale
        return replace(number, scale=scale), follower
    if unit != upper and upper[-1] == "元":
        factor = SCALES.get(upper[:-1], 1) / SCALES.get(unit[:-1], 1)
        return number, replace(follower, value=tidy(follower.value * factor))
    return number, follower


def _is_days(text: str, end: int, word: re.Match[str] | None) -> bool:
    return bool(word) or text.startswith(("内", "之内", "以内", "以上"), end)


def _accepted(
    text: str, first: Number, last: Number, unit: str | None, end: int, word: re.Match[str] | None
) -> Quantity | None:
    after = _AFTER.match(text, end)
    op = _OPS[str(word.lastgroup)] if word else None
    attributive = bool(after and not after["within"])
    if after and (op is None or (after["up"] and op == ">=")):
        op = ">=" if after["up"] else "<="
    if op is None and _more(text, last):
        op = ">"
    if not _counts(text, first, last, unit, end, op, word):
        return None
    value, top = _values(first, last, unit)
    return Quantity(
        start=word.start() if word else first.start,
        number=first.start,
        end=after.end() if after else end,
        value=value,
        value_max=top,
        unit=unit,
        op=op,
        within=bool(after and after["within"]),
        attributive=attributive,
    )


def _values(first: Number, last: Number, unit: str | None) -> tuple[Value, Value | None]:
    joined = unit is not None and (unit[-1] in _MONEY or unit.endswith(_CAPACITIES))
    low = first.value if joined else first.scaled()
    if last is not first:
        return low, last.value if joined else last.scaled()
    return low, first.value_max


def _counts(
    text: str,
    first: Number,
    last: Number,
    unit: str | None,
    end: int,
    op: str | None,
    word: re.Match[str] | None,
) -> bool:
    """Whether the number counts something that binds, not a name, a reference or an article."""
    before = text[max(0, first.start - 4) : first.start]
    graded = unit == "级" and _GRADES.search(text[max(0, first.start - 8) : first.start])
    if _REFERENCE.search(before) or (_NOT_COUNTED.match(text, end - 1) and not graded):
        return False
    if _FROM.search(text[max(0, first.start - 42) : first.start]) and _RISES.match(text, end):
        return False
    if unit in DURATIONS and _LATER.match(text, end):
        return False
    if unit in DURATIONS and _names_a_time(text, first, end):
        return False
    if unit == "期" and _PHASE.search(before):
        return False
    if unit is None:
        return _bare_amount(text, first, end, word)
    if unit == "年" and first.value >= 100:
        return False
    if unit == "小时" and _ROUND_THE_CLOCK.match(text, end):
        return False
    if op:
        return True
    if _NAMED.match(text, end) or first.value == 0.5:  # 半年总结
        return False
    if first.figures or last.figures or first.value > 10 or first.percent or unit == "%":
        return True
    return unit in _PLAIN_COUNTS or (unit in DURATIONS and first.value != 1)


def _names_a_time(text: str, number: Number, end: int) -> bool:
    """前三年, 有效期2年, 24小时扑灭率: a time that names something and sets no limit."""
    head = text[max(0, number.start - 8) : number.start]
    return bool(_PAST.search(head) or _VALIDITY.search(head) or _RATE.match(text, end))


def _bare_amount(text: str, number: Number, end: int, word: re.Match[str] | None) -> bool:
    """A figure whose unit is missing counts only right after a word that asks for an amount."""
    if not number.figures or _ASCII_WORD.match(text, end):
        return False
    asked = text.startswith(("给予", "补助", "奖励"), number.start - 2)
    return asked or bool(word and word.end() == number.start and word["ge"] not in ("达", "提前"))


def _bounded(text: str, found: list[Quantity]) -> list[Quantity]:
    """Joins 3人以上10人以下 to one range; 不得超过16人和9人 is one comparison for both."""
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        if last and _shares(text, last, quantity):
            quantity = replace(quantity, op=last.op)
        if last and _closes(text, last, quantity):
            top = quantity.value
            quantity = replace(last, end=quantity.end, value_max=top)
            joined.pop()
        joined.append(quantity)
    return joined


def _shares(text: str, first: Quantity, second: Quantity) -> bool:
    """Whether the comparison before the first of a pair holds for the second, too."""
    worded = first.op is not None and first.start < first.number
    pair = text[first.end : second.start] in _PAIRED
    return worded and pair and second.op is None and first.unit == second.unit


def _closes(text: str, lower: Quantity, upper: Quantity) -> bool:
    near = text[lower.end : upper.start] in ("", "、", "，")
    return (
        near
        and lower.unit == upper.unit
        and lower.op in (">=", ">")
        and (upper.op in ("<=", "<") and lower.value < upper.value)
    )
