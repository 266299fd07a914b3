"""The main navigation: each app registers its entries; a person sees those he may open.

    nav.register("任务", "我的任务", "plan:tasks", policies.unit, "list-check", order=10)

Call it in the app's ``AppConfig.ready``. The first four entries that a person may open stand in
the bottom bar of a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import Policy

TABS = 4
MOST = 99  # beside an entry more says no more: who counts may stop at one more
Count = Callable[[Actor], int]
# Sections in the order of a working day; one that is not named here comes last.
SECTIONS = (
    "",
    "任务",
    "监管对象",
    "监测预警",
    "工作记录",
    "领导责任",
    "通知",
    "台账",
    "监督",
    "组织",
    "系统",
)


@dataclass(frozen=True)
class Entry:
    """One entry; ``order`` ranks it within its section. ``under``: what else lies under it."""

    section: str
    label: str
    url_name: str
    policy: Policy
    icon: str
    order: int = 100
    count: Count | None = None
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """An entry as one page shows it."""

    label: str
    url: str
    icon: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class Section:
    label: str
    entries: list[Link]


_entries: dict[str, Entry] = {}


def register(
    section: str,
    label: str,
    url_name: str,
    policy: Policy,
    icon: str,
    order: int = 100,
    count: Count | None = None,
    under: tuple[str, ...] = (),
) -> None:
    """Declare an entry; a second call with the same ``url_name`` replaces the first.

    ``count``: how much waits behind it for the person, shown beside it up to ``MOST`` (a query on
    each page). ``under``: beginnings of addresses whose pages lie under it, though they do not
    begin with its own.
    """
    _entries[url_name] = Entry(section, label, url_name, policy, icon, order, count, under)


def sections(actor: Actor, path: str) -> list[Section]:
    """What ``actor`` may open, by section; the entry that ``path`` lies under is current."""
    allowed = sorted((e for e in _entries.values() if e.policy.allows(actor)), key=_rank)
    urls = {entry.url_name: reverse(entry.url_name) for entry in allowed}
    begins = {begin: urls[each.url_name] for each in allowed for begin in each.under}
    current = _current({url: url for url in urls.values()} | begins, path)
    return [
        Section(
            label,
            [_link(e, actor, urls[e.url_name], current) for e in group],
        )
        for label, group in groupby(allowed, key=lambda entry: entry.section)
    ]


def _link(entry: Entry, actor: Actor, url: str, current: str | None) -> Link:
    waiting = entry.count(actor) if entry.count else 0
    return Link(entry.label, url, entry.icon, url == current, waiting)


def tabs(shown: list[Section]) -> list[Link]:
    """The entries that fit in a phone's bottom bar."""
    return [link for section in shown for link in section.entries][:TABS]


def _rank(entry: Entry) -> tuple[int, str, int, str]:
    known = entry.section in SECTIONS
    place = SECTIONS.index(entry.section) if known else len(SECTIONS)
    return place, entry.section, entry.order, entry.label


def _current(begins: Mapping[str, str], path: str) -> str | None:
    """The address of the longest of ``begins`` that ``path`` begins with; the home page only when
    it is the page."""
    under = [each for each in begins if path == each or (each != "/" and path.startswith(each))]
    return begins[max(under, key=len)] if under else None
