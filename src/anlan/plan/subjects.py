"""Whom a clause itself names: 市县党委政府要…至少研究解决 10 项 binds the governments, not every
unit that answers for the item."""

from __future__ import annotations

import re
from datetime import date

from anlan.kernel.orgs.models import Area, Organisation
from anlan.kernel.orgs.resolving import resolve

_BETWEEN = re.compile(r"[、，,]|和|及|与")


def named(subject: str, *, area: Area, on: date) -> list[Organisation]:
    """The organisations that ``subject`` means in a document of ``area``, each once.

    Empty where any part of it is not certain (各级党委, 政府及相关部门): the clause then binds
    whoever answers for the item.
    """
    subject = subject.strip()
    if not subject:
        return []
    if whole := resolve(subject, area=area, on=on, suggest=False).organisations:
        return list(whole)
    found: dict[int, Organisation] = {}
    for part in filter(None, (each.strip() for each in _BETWEEN.split(subject))):
        meant = resolve(part, area=area, on=on, suggest=False).organisations
        if not meant:
            return []
        found.update((each.pk, each) for each in meant)
    return list(found.values())
