"""Comparing the names of bodies: ``key`` for surely the same, ``similar`` for probably the same."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

# Long form → short form of the same body. Source: the usual short names of bureaus after the
# reform of 2018 and of the financial regulator after 2023.
_SHORT = {
    "安全生产委员会": "安委会",
    "防灾减灾救灾委员会": "防灾减灾救灾委",
    "安全生产专业委员会": "安全专委会",
    "安全专业委员会": "安全专委会",
    "专业委员会": "专委会",
    "人力资源社会保障": "人社",
    "卫生健康": "卫健",
    "住房城乡建设": "住建",
    "市场监督管理": "市场监管",
    "发展改革": "发改",
    "工业信息化": "工信",
    "经济信息化": "经信",
    "应急管理": "应急",
    "城市管理局": "城管局",
    "交通运输": "交通",
    "文化旅游局": "文旅局",
    "文化旅游厅": "文旅厅",
    "医疗保障": "医保",
    "林业草原": "林草",
    "退役军人事务": "退役军人",
    "机关事务管理局": "机关事务局",
    "国有资产监督管理": "国资",
    "民族宗教事务": "民宗",
    "广播电视局": "广电局",
    "粮食物资储备": "粮储",
    "行政审批服务管理局": "行政审批局",
    "金融监督管理": "金融监管",
    "中国人民银行": "人行",
    "人民银行": "人行",
    "消防救援支队": "消防支队",
    "消防救援大队": "消防大队",
    "妇女联合会": "妇联",
    "残疾人联合会": "残联",
    "科学技术协会": "科协",
    "工商业联合会": "工商联",
    "供销合作社联合社": "供销社",
    "供销合作社": "供销社",
    "科学技术局": "科技局",
    "科学技术厅": "科技厅",
    "经济技术开发区": "经开区",
    "高新技术产业开发区": "高新区",
    "管理委员会": "管委会",
    "共产主义青年团": "共青团",
    "人民政府": "政府",
    "人民法院": "法院",
    "人民检察院": "检察院",
}
_LONG_FIRST = re.compile("|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True)))
_CONJUNCTION = re.compile(r"以及|[与及和、](?!平区|顺县|田)")
# Every county of a city, however its kinds are bracketed: 各县（市、区）, 县市区, 各县（市）、区.
_COUNTIES = re.compile(r"^各?(?:县\(市\)[、,]?区|县[、,]?\(?市[、,]?区\)?|县区|市、?县\(区\))")
_OFFICE = re.compile(r"(?<=[委府])会?办公室$")
_GROUP = re.compile(r"(?<=安委会)各(?=成员单位)|^各(?=县市区)")
_COMMITTEE = re.compile(r"(?<![安专管业])委员会(?=$|办公室$)")
_PLACE = re.compile(
    r"^(国家|[\u4e00-\u9fff]{2,3}(?<![开新发园范])[省市县区](?=.{2})|[省市县区州](?=.{2}))"
)


def key(name: str) -> str:
    """A normal form: equal keys mean surely the same body, however it is written.

    Width of marks, 与/及/和, 各 before a group, and the usual short names make no difference; a
    level (省/市) and 有关 (only some members) do. 规划和自然资源局 and 自然资源和规划局 differ on
    purpose: they are the names of different cities.
    """
    words = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    words = words.translate(str.maketrans("〔〕【】{}[]", "()()()()"))
    words = _COUNTIES.sub("各县市区", words)
    words = _CONJUNCTION.sub("", words)
    words = _LONG_FIRST.sub(lambda match: _SHORT[match.group()], words)
    words = _OFFICE.sub("办", _COMMITTEE.sub("委", words))
    return _GROUP.sub("", words.replace("金融监管总局", "金融监管局").replace("监管分局", "分局"))


def similar(first: str, second: str) -> bool:
    """Probably the same body: one may be the other with a slip, a lost level or another order.

    A different level (省财政厅, 市财政局) or a different sector (煤矿, 非煤矿山) is never similar.
    """
    one, two = key(first), key(second)
    if one == two:
        return True
    if _places_differ(one, two):
        return False
    one, two = _stem(one), _stem(two)
    return one == two or sorted(one) == sorted(two) or _one_slip(one, two)


def _places_differ(one: str, two: str) -> bool:
    """省 against 市, or two named places; 市 against 吕梁市 may be one place."""
    places = [match[1] for match in map(_PLACE.match, (one, two)) if match]
    if len(places) < 2:
        return False
    both_named = all(len(place) > 2 for place in places)
    return places[0] != places[1] if both_named else places[0][-1] != places[1][-1]


def _stem(words: str) -> str:
    words = _PLACE.sub("", words)
    return re.sub(r"有关|相关|各|局$|委$|厅$|办公室$|办$", "", words) or words


def _one_slip(one: str, two: str) -> bool:
    """Long names that share all but a character or two at one place; not 煤矿 against 非煤矿山."""
    if min(len(one), len(two)) < 5 or one.startswith("非") != two.startswith("非"):
        return False
    changes = [
        op for op in SequenceMatcher(None, one, two, False).get_opcodes() if op[0] != "equal"
    ]
    moved = sum(max(op[2] - op[1], op[4] - op[3]) for op in changes)
    return len(changes) == 1 and moved <= (1 if changes[0][1] == 0 else 2)
