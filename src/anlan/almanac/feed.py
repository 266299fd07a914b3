"""The calendar as a file of iCalendar (RFC 5545): all-day events, the same day in every zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vText

from anlan.almanac.entries import Entry, Kind

TYPE = "text/calendar; charset=utf-8"
ZONE = "Asia/Shanghai"
_DAY = timedelta(days=1)
_REFRESH = timedelta(hours=6)  # how often a program should look, by its own good will


def ics(entries: Iterable[Entry], *, name: str, domain: str, base: str, now: datetime) -> bytes:
    """The file. ``domain`` ends the UIDs and must stay; ``base`` is our address without a path."""
    calendar = Calendar()
    calendar.add("prodid", "-//Anlan//almanac//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(clean(name)))  # of no type that the library knows
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})  # RFC 7986 5.7
    for entry in entries:
        calendar.add_component(_event(entry, domain, base, now))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry, domain: str, base: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{domain}")
    event.add("dtstamp", now)
    event.add("dtstart", entry.span.first)
    event.add("dtend", entry.span.last + _DAY)  # the first day that does not belong to it
    event.add("summary", clean(_summary(entry)))
    event.add("description", "\n".join(filter(None, [clean(entry.note), f"{base}{entry.url}"])))
    event.add("url", f"{base}{entry.url}")
    event.add("categories", [str(entry.kind.label)])
    event.add("transp", "TRANSPARENT")  # a due date keeps nobody from meeting people
    return event


def _summary(entry: Entry) -> str:
    return f"任务到期：{entry.title}" if entry.kind == Kind.DUTY else entry.title


def clean(text: str) -> str:
    """The text without what a content line cannot hold (RFC 5545 3.1: no controls but the tab);
    line breaks of all kinds become one."""
    lines = text.splitlines()
    return "\n".join("".join(c for c in line if c == "\t" or c.isprintable()) for line in lines)
