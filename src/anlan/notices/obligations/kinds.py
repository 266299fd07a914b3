"""What a quantity means in its clause: trigger, condition, time limit, frequency or quota."""

from __future__ import annotations

import re

from anlan.notices.document import ObligationKind
from anlan.notices.obligations.numbers import tidy
from anlan.notices.obligations.quantities import DURATIONS, Quantity

_EVENT = re.compile(r"发生|出现|累计|连续|通报|约谈|处罚|瞒报|迟报|漏报|谎报")
_AVERTED = re.compile(r"(?:防止|杜绝|避免|遏制|严防|预防|不|未|没有|减少|防范|导致|造成|以防)$")
_SUFFERED = re.compile(r"[被受违][^，]*的")  # 对3次以上被处罚的企业
_PENALTY = re.compile("[的，]?(?:扣|罚|约谈|通报|取消)")  # 发生事故1起扣5分
_CASE = re.compile(r"的|时(?![间限段期])")
_GRADED = re.compile(
    r"发生(?:[^发]{0,16}(?:一般|较大|重大)[及或]?以上[^发]{0,16}事故"
    r"|[^发]{0,40}事故(?:的|（[^）]{0,20}）的)$)"
)
_MEASURED = re.compile(
    r"(?:时间|时长|期限|采深|埋深|坝高|库容|高度|深度|面积|人数|产能|年限|年龄|工期|体积|容量|距离"
    r"|坡度|长度|跨度|储量|金额|吨位|质量|能力|载重|落差|停用|停产|闲置|逾期|停建|层数|功率|压力|率|量|比例?|浓度|温度|厚度|收入|销售|超载|超限|超员|超产|超速)$"
)
_SUBJECTS = re.compile(
    r"(?:[（(]含[^）)]{0,6}[）)])?的?[^，。；、\d不至达]{0,12}"
    r"(?:企业|单位|煤矿|矿山|矿井|尾矿库|场所|建筑|项目|车辆|工程|机构|学校|社区|公司|人员|水库|隧道"
    r"|桥梁|储罐|锅炉|园区|景区|商场|活动|事故|基坑|边坡|宾馆|住宅|管网|管道|[客货校]车|车|船舶?|综合体|县城|城区|乡镇|村庄?|区域|部位|楼|院|厂|库|户)"
)
_REACHED = re.compile(
    r"(?:组建|配备|配齐|建成|建立|建设|新建|培训|储备|发展|培育|完成|新增|给予|安排|落实|打造|招录"
    r"|创建|改造|检查|抽查|组织|开展|举办|解决|明确|设立|设置|选派|实施|整治|推广)[^，。、]{0,4}$"
)
_MUST = re.compile(r"确保|力争|不得|严禁|保证|实现|必须|应当?达|要达")
_TIMES = frozenset("次遍轮场回")
_ATTRIBUTES = frozenset("人元年月天日层米mt吨岁%小时亩倍h") | {
    "张床位",
    "万元",
    "亿元",
    "平方米",
    "立方米",
    "平方公里",
    "公顷",
    "公里",
    "km",
}
_FORBIDS = re.compile(r"(?:严禁|禁止)[^，。]{0,6}$")
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_SETTLED = re.compile(
    r"(?:内|之内|以内)?(?:办结|办理完|出证|答复|反馈|送达|到位|完成|出动|到达|到场|响应|上报)"
)
_FACT = re.compile(r"(?:的|有|曾|离开|到过|接触|发生|出现)")


def graded_accident(clause: str) -> re.Match[str] | None:
    """发生较大及以上…事故, or 发生…事故的 at the end of a condition: one accident is enough."""
    match = _GRADED.search(clause)
    return None if match and _AVERTED.search(clause[: match.start()][-4:]) else match


def is_trigger(clause: str, quantity: Quantity, conditional: bool) -> bool:
    """Events that pile up: 发生2起以上; 累计3次的, 连续三个月…的 in a clause of condition."""
    if clause.endswith(("连续", "累计"), 0, quantity.start) and _CASE.search(clause, quantity.end):
        return True
    if quantity.unit not in ("起", "例", "宗", "次"):
        return False
    if (
        quantity.attributive
        and clause.startswith(("对", "凡"))
        and _SUFFERED.match(clause, quantity.end)
    ):
        return True
    events = list(_EVENT.finditer(clause, 0, quantity.number))
    if not events or _AVERTED.search(clause[: events[-1].start()][-4:]):
        return False
    if _PENALTY.match(clause, quantity.end):
        return True
    open_ended = quantity.op in (">=", ">") and quantity.unit != "次"
    return conditional or open_ended


def window_months(quantity: Quantity) -> int | float | None:
    """The months of a window (6个月之内, 一年内); None where it is not given in months or years."""
    if quantity.unit == "月":
        return quantity.value
    if quantity.unit == "季度":
        return tidy(3 * quantity.value)
    return tidy(12 * quantity.value) if quantity.unit == "年" else None


def of(clause: str, quantity: Quantity, *, conditional: bool, recurring: bool) -> ObligationKind:
    """The kind of a quantity that is no trigger; ``conditional``: the clause ends with …的，."""
    looking_back = quantity.within and clause[: quantity.number].endswith(("前", "近"))
    if conditional or looking_back or _describes(clause, quantity):
        return ObligationKind.CONDITION
    if quantity.unit in DURATIONS and clause.startswith("时间", quantity.end) and not quantity.op:
        return ObligationKind.DEADLINE
    if quantity.unit in DURATIONS and _SETTLED.match(clause, quantity.end):
        return ObligationKind.DEADLINE
    if quantity.within and quantity.unit in DURATIONS:
        fact = _FACT.match(clause, quantity.end)
        return ObligationKind.CONDITION if fact else ObligationKind.DEADLINE
    if recurring and quantity.unit in _TIMES:
        return ObligationKind.FREQUENCY
    return ObligationKind.QUOTA


def forbidden(clause: str, quantity: Quantity) -> str | None:
    """The comparison that a ban leaves: 严禁超过10人 allows up to ten. None without a ban."""
    banned = quantity.op and _FORBIDS.search(clause[: quantity.start])
    return _OPPOSITE[quantity.op] if banned and quantity.op else None


def _describes(clause: str, quantity: Quantity) -> bool:
    """Whether the quantity says whom the clause binds: 采深大于600m煤矿, 50人以上企业."""
    head = clause[max(0, quantity.start - 12) : quantity.start]
    if "适用" in clause[: quantity.start] and quantity.op:
        return True
    graded = quantity.attributive and clause.startswith(("为", "的为"), quantity.end)
    strict = quantity.op in (">", "<") and clause.startswith("的", quantity.end)
    if quantity.unit == "级" or graded or (strict and not _REACHED.search(head)):
        return True
    seats = quantity.unit == "座" and clause.startswith(("客", "车", "校"), quantity.end)
    capacity = quantity.unit is not None and quantity.unit.endswith(("/年", "/日", "/天"))
    if quantity.unit is None or not (seats or capacity or quantity.unit in _ATTRIBUTES):
        return False
    if _MUST.search(head):
        return False
    followed = quantity.end < len(clause) or quantity.unit != "%"
    if quantity.op in (">", "<") and followed and _MEASURED.search(head):
        return True
    if _REACHED.search(head):
        return False
    described = bool(_SUBJECTS.match(clause, quantity.end))
    attributed = quantity.attributive and quantity.value_max is None
    described = described or (attributed and clause.startswith("的", quantity.end))
    ranged = quantity.value_max is not None and quantity.op is None
    if quantity.unit == "%":
        return described and bool(_MEASURED.search(head))
    return described and (
        quantity.attributive or ranged or capacity or bool(_MEASURED.search(head))
    )
