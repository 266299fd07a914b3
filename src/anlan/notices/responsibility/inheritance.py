"""Rules that a notice says once for all later items, and their effect on the whole notice."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from anlan.notices.responsibility.brackets import pairs


@dataclass(frozen=True)
class Inheritance:
    """What an expression says about every later one.

    ``units`` answer for every later item; ``first_leads``: the body listed first leads here, and
    ``onward``: in every later expression too (下同).
    """

    units: list[str] = field(default_factory=list)
    first_leads: bool = False
    onward: bool = False


_RULE = re.compile(
    r"(?:列|排名|排|位列|位居)(?:于|在)?(?:首位|第一位|第一|首个)|(?:首位|第一个|首个)(?:的)?(?:责任)?(?:单位|部门)为"
    r"|以下(?:各|均|所有|全部|任务|工作|措施|条款|事项|内容|都|同|不再|每|其他|其余|项目)"
    r"|(?:其他|其余|后续|所有|各)(?:各)?项(?:工作)?(?:任务|措施|工作|内容)?(?:均|都)"
)
_FIRST_LEADS = re.compile(
    r"(?:首位|第一位|第一个|首个|第一)(?:的)?(?:责任)?(?:单位|部门|者)?(?:均|即)?为(?:主要)?(?:牵头|主办|主责)"
)
_BINDS = re.compile(
    r"(?:均|都|全部|皆)?(?:还)?(?:涉及|需要|需由|需|须由|须|应由|由|包括|包含|含)(?P<units>.{2,200}?)"
    r"(?:共同|分别|按职责|按照职责)?(?:负责|落实|实施|承担|配合|参与|为责任单位|[，,。；;）)〕\]]|$)",
    re.DOTALL,
)


def rule_spans(text: str) -> list[tuple[int, int]]:
    """Where the text states rules: each up to the end of its sentence or bracket."""
    matched = pairs(text)
    spans: list[tuple[int, int]] = []
    for match in _RULE.finditer(text):
        if spans and match.start() < spans[-1][1]:
            continue
        spans.append((match.start(), _end_of_rule(text, match.end(), matched)))
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
    units = [name for rule in rules for name in _bound(rule)]
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
    from anlan.notices.responsibility.pieces import split

    if _FIRST_LEADS.search(rule):
        return []
    flat = _BINDS.search(_masked(rule))
    if not flat:
        return []
    words = rule[flat.start("units") : flat.end("units")]
    return [piece.words for piece in split(words)]


def _masked(rule: str) -> str:
    """The rule with what stands in brackets hidden, so that marks in there end nothing."""
    chars = list(rule)
    for start, end in pairs(rule).items():
        chars[start : end + 1] = "县" * (end + 1 - start)
    return "".join(chars)
