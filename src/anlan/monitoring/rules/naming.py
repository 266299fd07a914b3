"""Sites and points as people write them in a form: one on a line, by name."""

from __future__ import annotations

from collections.abc import Sequence

from anlan.kernel.access.actor import Actor
from anlan.monitoring.models import Point
from anlan.registry.models import Site

Found = tuple[list[int], list[str]]  # numbers, and the lines that name nothing


def sites(text: str, actor: Actor) -> Found:
    """All sites of these names that the actor sees."""
    lines = _lines(text)
    rows = Site.objects.visible_to(actor).standing().filter(name__in=lines)
    known: dict[str, list[int]] = {}
    for pk, name in rows.order_by("pk").values_list("pk", "name"):
        known.setdefault(name, []).append(pk)
    return _matched(lines, known)


def points(text: str, actor: Actor) -> Found:
    """The points in use of these names at these sites, 场所：测点."""
    lines = [line.replace(":", "：", 1) if "：" not in line else line for line in _lines(text)]
    named = {line.partition("：")[0].strip() for line in lines}
    rows = Point.objects.visible_to(actor).standing().filter(site__name__in=named)
    known: dict[str, list[int]] = {}
    for pk, site, name in rows.order_by("pk").values_list("pk", "site__name", "name"):
        known.setdefault(f"{site}：{name}", []).append(pk)
    tidy = ["：".join(part.strip() for part in line.split("：", 1)) for line in lines]
    return _matched(tidy, known)


def of_sites(numbers: Sequence[int], actor: Actor) -> str:
    """The lines for these sites."""
    rows = Site.objects.visible_to(actor).filter(pk__in=numbers).order_by("name", "pk")
    return "\n".join(rows.values_list("name", flat=True))


def of_points(numbers: Sequence[int], actor: Actor) -> str:
    """The lines for these points."""
    rows = Point.objects.visible_to(actor).filter(pk__in=numbers).order_by("site__name", "name")
    return "\n".join(f"{site}：{name}" for site, name in rows.values_list("site__name", "name"))


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line for each in text.splitlines() if (line := each.strip())))


def _matched(lines: list[str], known: dict[str, list[int]]) -> Found:
    found = [pk for line in lines for pk in known.get(line, [])]
    return sorted(set(found)), [line for line in lines if line not in known]
