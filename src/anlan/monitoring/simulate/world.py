"""What the city's devices say at given moments: signals, and what the scenarios do to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anlan.monitoring.simulate.city import City, Device
from anlan.monitoring.simulate.effects import Effect, Series, Span
from anlan.monitoring.simulate.scenarios import Scenario, choose
from anlan.monitoring.simulate.signals import Floats, Grid, Signals


@dataclass(frozen=True, slots=True)
class Said:
    """Readings of one device in order of sending: columns of its points, times in milliseconds
    since 1970 UTC as its own clock says, values in the points' units."""

    device: Device
    point: npt.NDArray[np.intp]
    time: npt.NDArray[np.int64]
    value: Floats

    def __len__(self) -> int:
        return len(self.point)

    def moments(self) -> Iterator[tuple[int, dict[str, float]]]:
        """Time and values by channel, for protocols that send all of a moment at once."""
        borders = np.flatnonzero(np.diff(self.time)) + 1
        for rows in np.split(np.arange(len(self)), borders):
            if len(rows):
                points = [self.device.points[column].channel for column in self.point[rows]]
                yield (
                    int(self.time[rows[0]]),
                    dict(zip(points, self.value[rows].tolist(), strict=True)),
                )


@dataclass(frozen=True, slots=True)
class _Act:
    columns: npt.NDArray[np.intp]
    span: Span
    effect: Effect


class World:
    """``start``: when the scenarios begin, seconds since 1970 UTC. ``speed``: how much faster than
    the clock signals and scenarios run; readings carry the clock's time all the same."""

    def __init__(
        self,
        city: City,
        scenarios: Sequence[Scenario],
        *,
        seed: int,
        start: float,
        speed: float = 1.0,
    ) -> None:
        self._start, self._speed = start, speed
        self._voices = {
            (device.protocol, device.address): _Voice(device, seed) for device in city.devices
        }
        for scenario in scenarios:
            for step, chosen in zip(scenario.steps, choose(city, scenario), strict=True):
                span = (start + step.at, start + step.at + step.last)
                for device, columns in chosen.items():
                    act = _Act(np.array(columns, np.intp), span, step.effect)
                    self._voices[device].acts.append(act)

    def said(self, device: Device, stamps: npt.NDArray[np.int64]) -> Said:
        """Its readings at ``stamps``, milliseconds since 1970 UTC."""
        times = self._start + (stamps / 1000 - self._start) * self._speed
        voice = self._voices[device.protocol, device.address]
        series = voice.series(times)
        row, column = np.nonzero(series.told)
        late = np.round(series.late[row, column] * 1000).astype(np.int64)
        return Said(device, column, stamps[row] + late, voice.grid.on(series.values)[row, column])


class _Voice:
    """One device with what befalls it."""

    def __init__(self, device: Device, seed: int) -> None:
        self._device = device
        self._signals = Signals(device, seed)
        self.grid = Grid(device.points)
        self.acts: list[_Act] = []

    def series(self, times: Floats, acts: int | None = None) -> Series:
        """With the first ``acts`` of the acts, None for all."""
        values = self._signals.at(times)
        series = Series(times, values, np.ones(values.shape, np.bool_), np.zeros(values.shape))
        for number, act in enumerate(self.acts[:acts]):
            if times[-1] >= act.span[0]:
                self._act(series, act, number)
        return series

    def _act(self, series: Series, act: _Act, number: int) -> None:
        columns = act.columns
        part = Series(
            series.times,
            series.values[:, columns],
            series.told[:, columns],
            series.late[:, columns],
        )
        points = [self._device.points[column] for column in columns]

        def ask(times: Floats) -> Floats:
            return self.series(times, number).values[:, columns]

        act.effect.apply(part, act.span, points, ask)
        series.values[:, columns] = part.values
        series.told[:, columns] = part.told
        series.late[:, columns] = part.late
