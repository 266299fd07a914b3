"""Role words: labels in front of bodies, verbs after them, and 等 that leaves a list open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from anlan.notices.document import Role
from anlan.notices.responsibility.lexicon import (
    LEVELLED_ENDING,
    STRONG_ENDING,
    WEAK_ENDING,
)

_KIND = (
    "牵头|主办|主责|主管|第一责任|责任|配合|协办|协同|协助|参加|参与|参建|承办|承担|实施|落实|执行|"
    "督办|督导|督促|指导|监管|监督|协作|负责|[省市县区]级|[省市县区]直"
)
_RANK = "(?:[省市县区]级|[省市县区]直|主要|共同|联合|第一)?"
_UNIT_LABEL = (
    rf"{_RANK}(?P<kind>(?:{_KIND})[、和及与]?(?:{_KIND})?)"
    r"(?P<body>(?:单位|部门|机构|处室|科室|主体|地区)(?:[、和及与/]?(?:责任人|负责人|责任领导))?)?"
)
_PERSON_LABEL = (
    r"(?:责任|牵头|分管|包保|[省市县区]级|挂钩|挂帅|包联|督办|主管|主要|配合|具体|负责){0,4}"
    r"(?:领导(?:同志)?|责任人|负责人|人员|同志|(?<=责任)人|(?<=负责)人)"
)
_TIME_LABEL = (
    r"(?:完成|整改|办结|推进|落实|实施|达标|起止|工作|时间|计划){0,4}(?:时限|时间|期限|节点|进度|年限|进展)"
    r"(?:要求|安排|节点)?"
)
_OTHER_LABEL = r"备注|说明|联系电话|联系人|联络人|电话|目标|任务|工作任务|工作目标|措施|成果"
LABEL = re.compile(
    rf"(?:(?P<person>{_PERSON_LABEL})|(?P<time>{_TIME_LABEL}|{_OTHER_LABEL})|{_UNIT_LABEL})"
    r"(?:为|是)?[ \u3000]*[：:]"
)

OPEN_LIST = (
    r"(?<![高同平中初对均优特何])等(?![级于同保效额候])"
    r"(?:(?:多个|\d+个|[一二三四五六七八九十]+个)(?:[有负承具][\u4e00-\u9fff]{1,8}的)?|有关|相关|各|其他|成员|责任|涉及|行业|主管|监管|市直|市级|省直|省级|区直|区级|县直|县级)*"
    r"(?:[\u4e00-\u9fff]{2,10}?成员单位|部门|单位|机构|地区|方面|地)?(?:(?:和|及|、)(?:有关|相关)?(?:单位|部门|机构|地区))?"
)
_OPEN = re.compile(OPEN_LIST)
_AFTER_OPEN_LIST = "，,、；;。）)〕]】 \n按依根共分联负牵配各协组指督落参具"
_BY_DUTY = (
    r"(?:(?:按照|按|根据|依据|依照|依)(?:照)?"
    r"(?:各自|本级|本单位|本部门|工作|部门|法定|有关|相应|法律|业务|权限|规定|的)*"
    r"(?:职责|职能|职权|分工|权限|要求|规定|管辖)(?:和|、|及)?(?:任务|范围|权限|职责|分工|划分)*)"
)
_MANNER = (
    r"(?:共同|分别|联合|协同|具体|统一|统筹|分工|分级|分头|积极|依法|各自|加强|切实|密切|全面|主要|"
    r"主体|认真|做好|组织|会商|全力|按需|予以|给予)"
)
_HARD = (
    r"(?:牵头|负责|负[总主全]责|配合|主办(?!单位|方)|分工落实)"
    r"(?!的?(?:单位|部门|机构|人|同志|科室|领导|制))"
)
_SOFT = (
    r"(?:指导|督促|督导|监督|督办|参与|参加|协助|协同|协办|承办|落实|实施|推进|抓好|办理|执行|承担"
    r"|支持|统筹)"
)
_TAIL = re.compile(
    rf"(?:{OPEN_LIST}|{_BY_DUTY}){{0,3}}{_MANNER}{{0,4}}(?:(?P<hard>{_HARD})|(?P<soft>{_SOFT}))"
)
_END = re.compile(rf"(?:{OPEN_LIST}|{_BY_DUTY})*$")

_NOTE = re.compile(
    r"[（(〔\[](为?(?:牵头|配合|主办|协办|负责|责任)(?:单位|部门)?)(?:[，,、]下同)?[）)〕\]]"
)
_LONGEST_END = 80

_LEAD = re.compile(r"牵头|主办|主责|第一责任")
_OVERSEE = re.compile(r"指导|督促|督导|监督|督办|监管")
_ASSIST = re.compile(r"配合|参与|参加|参建|协助|协同|协办|协作|支持")


@dataclass(frozen=True)
class Label:
    """A label: ``role`` None where a person or a date follows; ``sure``: it can be nothing else."""

    start: int
    end: int
    role: Role | None
    sure: bool


class Tail(NamedTuple):
    """Words cut into the body's name, the role of the verb behind it (None: no verb), the rest."""

    name: str
    role: Role | None
    rest: str = ""


def role_of(words: str) -> Role:
    """The role that a label or a verb means: 牵头 beats 配合 beats 指导 beats plain 负责."""
    if _LEAD.search(words):
        return Role.LEAD
    if _ASSIST.search(words):
        return Role.ASSIST
    if _OVERSEE.search(words):
        return Role.OVERSEE
    return Role.RESPONSIBLE


def labels(text: str) -> list[Label]:
    """All labels in the text, in order: 责任单位： 牵头领导： 完成时限：."""
    return [
        Label(
            m.start(),
            m.end(),
            role_of(m["kind"]) if m["kind"] else None,
            bool(m["body"] or m["person"]),
        )
        for m in LABEL.finditer(text)
    ]


def cut_tail(words: str) -> Tail:
    """``市应急局等部门分工负责`` → 市应急局, responsible. Without a verb the role is None."""
    for match in _TAIL.finditer(words):
        if match["hard"] or not _ends_like_a_name(words[match.end() :]):
            verbs = words[match.start() :] if match["soft"] else match.group()
            return Tail(words[: match.start()], role_of(verbs[:40]), words[match.end() :])
    end = _END.search(words, max(0, len(words) - _LONGEST_END))
    return Tail(words[: end.start()] if end else words, None)


def cut_note(words: str) -> tuple[str, Role | None]:
    """A role in brackets behind one body: 市教育局（牵头） → 市教育局, lead."""
    match = _NOTE.search(words)
    if match is None:
        return words, None
    return words[: match.start()] + words[match.end() :], role_of(match[1])


def is_open(text: str) -> bool:
    """Whether 等 leaves the list of bodies open: A、B等部门分工负责."""
    return any(not _inside_name(text, match) for match in _OPEN.finditer(text))


def _inside_name(text: str, match: re.Match[str]) -> bool:
    after = text[match.end() : match.end() + 1]
    only_word = match.group() == "等"
    return (
        only_word
        and bool(after)
        and after not in "，,、；;。）)〕]】 \n按依根共分联负牵配各协组指督落参具"
    )


def _ends_like_a_name(words: str) -> bool:
    return any(end.search(words) for end in (STRONG_ENDING, LEVELLED_ENDING, WEAK_ENDING))
