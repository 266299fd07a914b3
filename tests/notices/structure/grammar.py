"""Random notices: the layouts of the genre around random Chinese text, and what they must yield."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

_WORDS = (
    "安全生产监督管理风险隐患排查整治应急救援培训演练宣传教育"
    "煤矿消防燃气道路交通企业街道网格值守物资预警"
)
UNITS = [
    "市应急局",
    "市公安局",
    "市财政局",
    "市住建局",
    "市教育局",
    "各县（市、区）人民政府",
    "市总工会",
]
NUMERALS = "一二三四五六七八九十"

words = st.text(alphabet=_WORDS, min_size=4, max_size=14)
clause = st.text(alphabet=_WORDS, min_size=4, max_size=30)


def chinese(number: int) -> str:
    """The Chinese numeral of a number below 100."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else NUMERALS[tens - 1] + "十"
    return head + (NUMERALS[ones - 1] if ones else "")


@dataclass
class Expected:
    """One item as it was written."""

    number: int | None
    title: str | None
    text: str
    units: str


@dataclass
class Written:
    """A notice's text and what it says: chapter titles with their items."""

    text: str
    chapters: list[tuple[str, list[Expected]]] = field(default_factory=list)


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """One to four sentences of one to three clauses."""
    found = draw(st.lists(st.lists(clause, min_size=1, max_size=3), min_size=1, max_size=4))
    return "".join("，".join(each) + "。" for each in found)


@st.composite
def owners(draw: st.DrawFn) -> tuple[str, str]:
    """A responsibility as it stands in the text, and its words."""
    names = "、".join(draw(st.lists(st.sampled_from(UNITS), min_size=1, max_size=4, unique=True)))
    said = draw(st.sampled_from([f"{names}负责", f"责任单位：{names}", f"{names}等部门分工负责"]))
    left, right = draw(st.sampled_from(["（）", "()", "〔〕", "[]"]))
    before = draw(st.sampled_from(["", "\n"]))
    return f"{before}{left}{said}{right}", said


@st.composite
def notices(draw: st.DrawFn) -> Written:
    """A notice with chapters and items in one of the genre's numberings."""
    mark = draw(st.sampled_from(["（{c}）", "({c})", "{a}. ", "{a}．", "{a}、"]))
    runs_on = draw(st.booleans())
    gap = draw(st.sampled_from(["\n", "\n\n", "\n　　"]))
    found = Written("")
    lines = ["某某市人民政府", "关于做好2025年安全生产工作的通知", "各县（市、区）人民政府："]
    lines.append(draw(sentences()))
    number = 0
    for chapter in range(1, draw(st.integers(1, 4)) + 1):
        title = draw(words)
        lines.append(f"{chinese(chapter)}、{title}")
        number = number if runs_on else 0
        items: list[Expected] = []
        for _ in range(draw(st.integers(1, 4))):
            number += 1
            heading, text = draw(words), draw(sentences())
            written, units = draw(owners())
            lines.append(f"{mark.format(c=chinese(number), a=number)}{heading}。{text}{written}")
            items.append(Expected(number, heading, text, units))
        found.chapters.append((title, items))
    lines += ["某某市人民政府", "2025年3月4日"]
    found.text = gap.join(lines)
    return found


_SIGNS = (
    "安全一二三、（）().。；：，1２3条第章附件责任单位市局负牵头年月日方面的关于通知"
    "—-〔〕[]《》“”｜|<p>/ \t\n　"
)
wild = st.text(alphabet=st.one_of(st.sampled_from(_SIGNS), st.characters()), max_size=120)
