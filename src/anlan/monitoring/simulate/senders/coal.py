"""Coal mines: files of points (CDDY) once, and of values (CDSS), into a folder."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path

from anlan.monitoring.protocols.coal import LAYOUTS, File, FileName, Record, write
from anlan.monitoring.protocols.coal.records import CHINA
from anlan.monitoring.simulate.city import Device, Point
from anlan.monitoring.simulate.counting import Tally
from anlan.monitoring.simulate.world import Said

MAKER = "安澜模拟"
NORMAL, ALARM = "0", "1"  # status as one maker numbers it (MAKERS_STATUS)


class CoalSender:
    """One mine, in its own folder below ``folder``. A file appears whole: it is written under
    another name and then renamed."""

    def __init__(self, device: Device, folder: Path, tally: Tally) -> None:
        self._device, self._tally = device, tally
        self._folder = folder / device.address
        self._points = {point.channel: point for point in device.points}
        self._named: dict[str, datetime] = {}  # the last file of each kind

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)

    def say(self, said: Said, now: float) -> None:
        records = tuple(
            _value(self._points[channel], value, datetime.fromtimestamp(time / 1000, CHINA))
            for time, values in said.moments()
            for channel, value in values.items()
        )
        if not records:
            return
        moment = datetime.fromtimestamp(int(now), CHINA)
        try:
            if not self._named:
                points = tuple(_definition(point, moment) for point in said.device.points)
                self._write("CDDY", moment, points)
            self._write("CDSS", moment, records)
        except OSError as error:
            self._tally.lost += len(records)
            self._tally.reasons[f"文件写不进 {self._folder}：{error.strerror}"] += 1
            return
        self._tally.sent += len(records)

    async def stop(self, grace: float) -> None:
        """Nothing waits."""

    def _write(self, kind: str, moment: datetime, records: tuple[Record, ...]) -> None:
        last = self._named.get(kind)
        if last is not None:  # names count seconds, and none may replace another
            moment = max(moment, last + timedelta(seconds=1))
        self._named[kind] = moment
        mine = self._device.address
        known = {"mine": mine, "mine_name": _plain(self._device.site), "maker": MAKER}
        head = _record(kind, known | {"time": _stamp(moment)}, head=True)
        path = self._folder / str(FileName(mine, kind, moment))
        beside = path.with_suffix(".part")
        beside.write_bytes(write(File(kind, head, records)))
        beside.replace(path)


def _definition(point: Point, moment: datetime) -> Record:
    limits = [f"{limit:.10g}" for limit in point.limits] or [""]
    return _record(
        "CDDY",
        {
            "point": point.channel,
            "sensor": _plain(point.quantity),
            "unit": _plain(point.unit),
            "range_high": f"{point.high:.10g}",
            "range_low": f"{point.low:.10g}",
            "high_alarm": limits[0],
            "high_cut": limits[-1],
            "place": _plain(point.place),
            "time": _stamp(moment),
        },
    )


def _value(point: Point, value: float, moment: datetime) -> Record:
    over = value >= min(point.limits, default=math.inf)
    return _record(
        "CDSS",
        {
            "point": point.channel,
            "sensor": _plain(point.quantity),
            "place": _plain(point.place),
            "value": f"{value:.10g}",
            "unit": _plain(point.unit),
            "status": ALARM if over else NORMAL,
            "time": _stamp(moment),
        },
    )


def _record(kind: str, named: dict[str, str], *, head: bool = False) -> Record:
    """Fields in the layout's order; those that are not named are empty."""
    layout = LAYOUTS[kind]
    fields = layout.head if head else layout.fields
    return Record(kind, tuple(named.get(field.name, "") for field in fields), head=head)


def _plain(text: str) -> str:
    """Without what separates fields, records and files."""
    return text.translate(str.maketrans(";~|", "，－／")).strip()


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
