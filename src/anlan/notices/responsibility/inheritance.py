"""Rules that a notice says once for all later items: who answers too, and that the first leads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from anlan.notices.responsibility.brackets import pairs
from anlan.notices.responsibility.expansion import expand
from anlan.notices.responsibility.names import is_name
from anlan.notices.responsibility.pieces import split


@dataclass(frozen=True)
class Inheritance:
    """What an expression says about every later one.

    ``units`` answer for every later item; ``first_leads``: the body listed first leads here, and
    ``onward``: in every later expression too (下同).
    """

    units: list[str] = field(default_factory=list)
    first_leads: bool = False
    onward: bool = False


_FIRST = r"(?:首位|首个|第一位|第一个|第一|最前面?|前面)"
_LATER = (
    r"(?:(?:以下|下列)(?:各|均|所有|全部|任务|工作|措施|条款|事项|内容|都|同|不再|每|其他|其余|项目)"
    r"|(?:其他|其余|后续|所有|各)各?项(?:工作)?(?:任务|措施|工作|内容)?(?:均|都)"
    r"|(?:具体|上述|所有|有关|相关|全部|各项)?(?:工作)?(?:任务|措施|工作)(?:均|都|皆)涉及)"
)
# Who answers too, named in front: 各县政府为各项任务的责任单位, 各县政府均需落实，以下不再列出.
_NAMED_BEFORE = re.compile(
    r"(?<![^，,。；;])(?P<units>[^，,。；;]{2,99}?)(?:"
    r"(?:均|都|皆)?(?:为|是)(?:以下|下列|各项|所有|全部)[^，,。；;]{0,9}?(?:责任|落实|实施)(?:单位|主体)"
    r"|(?:均|都|皆)(?:为|是)(?:共同)?(?:责任|落实|实施)(?:单位|主体)"
    r"|(?:均|都|皆)(?:需|须|要|应)?(?:负责|落实|配合)"
    r"|(?:按照?[^，,。；;]{2,8}原则)?(?:负责)?(?:组织)?落实(?:以下|下列|上述)(?:各项|所有|全部)?(?:任务|工作))"
)
_RULE = re.compile(
    rf"(?:责任单位中[，,]?)?(?:(?:列|排名|位列|位居|排)[于在]?)?{_FIRST}的?(?:责任)?(?:单位|部门)?的?(?:均|即)?为"
    rf"|{_LATER}"
)
_FIRST_LEADS = re.compile(
    rf"{_FIRST}的?(?:责任)?(?:单位|部门|者)?的?(?:均|即)?为(?:主要)?(?:牵头|主办|主责)"
)
_NAMED_AFTER = re.compile(
    r"(?:涉及|需要|需由|需|须由|须|应由|由|包括|包含|含)(?P<units>.{2,200}?)"
    r"(?:共同|分别|按职责|按照职责|组织|具体)?(?:负责|落实|实施|承担|配合|参与|为责任单位|[，,。；;）)〕\]]|$)",
    re.DOTALL,
)
_TOPIC = re.compile(
    r"^(?:以[下上]|下列|上述)(?:(?:各|所有|其他)?[项条])?(?:工作|任务|措施|事项)*|^(?:各|所有|其他)[项条](?:工作|任务|措施|事项)*"
)
_SAID_ONCE = re.compile(r"以下|下列|不再")


def rule_spans(text: str) -> list[tuple[int, int]]:
    """Where the text states rules: each up to the end of its sentence or bracket."""
    matched = pairs(text)
    starts = [match.start() for match in _RULE.finditer(text)]
    if _SAID_ONCE.search(text):
        starts += [match.start() for match in _NAMED_BEFORE.finditer(_masked(text))]
    spans: list[tuple[int, int]] = []
    for start in sorted(starts):
        if not spans or start >= spans[-1][1]:
            spans.append((start, _end_of_rule(text, start, matched)))
    return spans


def without_rules(text: str) -> str:
    """The text without its rules, and without brackets that held nothing else."""
    kept, last = "", 0
    for start, end in rule_spans(text):
        kept += text[last:start]
        last = end
    kept += text[last:]
    return re.sub(r"[（(〔\[][\s。，、；;,]*[）)〕\]]", "", kept) if last else kept


def find_inheritance(text: str) -> Inheritance | None:
    """The rules that a responsibility expression states, or None."""
    rules = [text[start:end] for start, end in rule_spans(text)]
    first = any(_FIRST_LEADS.search(rule) for rule in rules)
    units = list(dict.fromkeys(name for rule in rules for name in _bound(rule)))
    if not first and not units:
        return None
    onward = first and any("下同" in rule or "以下" in rule for rule in rules)
    return Inheritance(units, first, onward)


def _end_of_rule(text: str, start: int, matched: dict[int, int]) -> int:
    place = start
    while place < len(text):
        if place in matched:
            place = matched[place]
        elif text[place] in "。；;）)〕]】\n":
            return place
        place += 1
    return place


def _bound(rule: str) -> list[str]:
    """The bodies that a rule names, behind or in front of its verb."""
    if _FIRST_LEADS.search(rule):
        return []
    masked = _masked(rule)
    found = [_NAMED_AFTER.search(masked), *_NAMED_BEFORE.finditer(masked)]
    for match in filter(None, found):
        words = _TOPIC.sub("", rule[match.start("units") : match.end("units")])
        names = [piece.words for piece in split(words) if is_name(piece.words)]
        if names:
            return expand(names)
    return []


def _masked(text: str) -> str:
    """The text with what stands in brackets hidden, so that marks in there end nothing."""
    chars = list(text)
    for start, end in pairs(text).items():
        if end - start <= 12:
            chars[start : end + 1] = "县" * (end + 1 - start)
    return "".join(chars)
