"""What publishing changes, in the words of the person who agrees to it: what it was, what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils import timezone

from anlan.kernel.indicators.selectors import Book
from anlan.plan.models import Assignment, Clause, KeyDuty
from anlan.plan.publishing import Change
from anlan.plan.templatetags.plan import PERIODS, SIGNS

MODELS: dict[str, type[models.Model]] = {
    "key_duty": KeyDuty,
    "clause": Clause,
    "owner": Assignment,
}
SAYS_NOTHING = {"lines"}  # where it stands in the file: not what it asks
WORDS: dict[str, Mapping[str, str]] = {
    "op": {**SIGNS, "all": "全部"},
    "period": PERIODS,
}
NONE = "（没有）"
INDICATOR = "measure"  # the field that holds the key of an indicator
AROUND = 12  # characters left and right of a difference that tell where it is
SHORT = 40  # up to so many characters a text is shown as a whole


@dataclass
class Told:
    """One line of the list. ``details``: field, what it was, what it becomes."""

    what: str
    how: str
    name: str
    details: list[tuple[str, str, str]] = field(default_factory=list)


def told(changes: Iterable[Change | Mapping[str, Any]]) -> list[Told]:
    """The changes of a preview, or those kept with a published document (their values as text).

    Units that join or leave the same item together stand in one line.
    """
    lines: list[Told] = []
    given = [asdict(each) if isinstance(each, Change) else each for each in changes]
    names = indicators() if any(INDICATOR in words["before"] for words in given) else {}
    for words in given:
        line = Told(words["what"], words["how"], words["name"], _details(words, names))
        if not (lines and _joined(lines[-1], line)):
            lines.append(line)
    return lines


def _joined(last: Told, line: Told) -> bool:
    """Take ``line`` into ``last`` where both are units of one item with nothing more to say."""
    title, mark, unit = line.name.rpartition("：")
    alike = (last.what, last.how) == (line.what, line.how) == ("owner", line.how)
    if not (mark and alike and last.name.startswith(f"{title}：")) or last.details or line.details:
        return False
    last.name = f"{last.name}、{unit}"
    return True


def _details(
    change: Mapping[str, Any], indicators: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    model = MODELS.get(change["what"])
    if model is None:
        return []
    details = []
    for name in change["before"].keys() - SAYS_NOTHING:
        described: Any = model._meta.get_field(name)
        was, now = (word(described, change[side][name], indicators) for side in ("before", "after"))
        details.append((str(described.verbose_name), *differing(was, now)))
    return sorted(details)


def indicators() -> dict[str, str]:
    """The names of the indicators by their keys, which no clerk knows."""
    return {each.definition.key: each.name for each in Book().all_on(timezone.localdate())}


def word(described: Any, value: Any, indicators: Mapping[str, str]) -> str:
    """A value as people write it; ``value`` may be its text, as it is kept after publishing.

    ``indicators``: names by key; a key that is not among them stands as it is.
    """
    text = "" if value is None or value == "None" else str(value)
    if text == "":
        return NONE
    if isinstance(described, models.BooleanField):
        return "是" if text == "True" else "否"
    if isinstance(described, models.DecimalField):
        return _number(text)
    if described.name == INDICATOR:
        return indicators.get(text, text)
    known = WORDS.get(described.name) or {str(k): str(v) for k, v in described.choices or ()}
    return known.get(text, text)


def _number(text: str) -> str:
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text


def differing(was: str, now: str) -> tuple[str, str]:
    """Where two long texts differ, with a few characters around; short ones as they are."""
    if max(len(was), len(now)) <= SHORT:
        return was, now
    limit = min(len(was), len(now))
    start = next((n for n in range(limit) if was[n] != now[n]), limit)
    end = next((n for n in range(limit - start) if was[-1 - n] != now[-1 - n]), limit - start)
    return _cut(was, start, end), _cut(now, start, end)


def _cut(text: str, start: int, end: int) -> str:
    first, last = max(0, start - AROUND), min(len(text), len(text) - end + AROUND)
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"
