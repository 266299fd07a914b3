"""What was measured, and the Markdown of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.bench.monitoring.processes import MB


@dataclass
class Taken:
    """Readings taken in as fast as it goes."""

    name: str
    readings: int
    seconds: float
    cpu: dict[str, float]
    memory: dict[str, tuple[int, int]]
    bytes_per_reading: float = 0.0
    remarks: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Readings a second."""
        return self.readings / self.seconds

    def processes(self) -> list[str]:
        """A row for each process."""
        return [
            f"| {self.name}: {name} | {seconds / self.readings * 1e6:.2f} s "
            f"| {self.memory[name][0] / MB:.0f} MB | {self.memory[name][1] / MB:.0f} MB |"
            for name, seconds in self.cpu.items()
        ]


@dataclass
class Delays:
    """Seconds from a reading to its alarm."""

    name: str
    seconds: np.ndarray

    def __str__(self) -> str:
        if not len(self.seconds):
            return "no alarm"
        p50, p99 = np.quantile(self.seconds, [0.5, 0.99])
        return f"p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms ({len(self.seconds)} alarms)"
