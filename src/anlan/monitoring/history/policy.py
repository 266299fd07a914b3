"""How long readings are kept as they came, and what is kept of them afterwards: data, in YAML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from anlan.monitoring.history.table import CITY_OFFSET, DAY

Times = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Step:
    """From ``after_days`` on, one span has ``seconds``."""

    after_days: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Policy:
    """``steps`` from the youngest age to the oldest; see data/monitoring/history.yaml."""

    steps: tuple[Step, ...]
    around_minutes: int
    keep_files_hours: int

    def __post_init__(self) -> None:
        """ValueError for a policy by which thinning once more could change what was thinned."""
        last = Step(0, 1)
        for step in self.steps:
            # spans of a day lie within it, and each holds whole spans of the step before
            fits = step.seconds > 0 and CITY_OFFSET % (step.seconds * 1000) == 0
            if not fits or step.seconds % last.seconds or step.after_days <= last.after_days:
                raise ValueError(f"a step of the history that does not follow from {last}: {step}")
            last = step
        if self.around_minutes < 0 or self.keep_files_hours < 1:
            raise ValueError("the history's policy has a number that is too small")

    @classmethod
    def read(cls, path: Path) -> Policy:
        """Of a YAML file; ValueError for what is none."""
        given: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            steps = tuple(Step(int(e["after_days"]), int(e["seconds"])) for e in given["steps"])
            return cls(steps, int(given["around_minutes"]), int(given["keep_files_hours"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} is no policy of the history: {error!r}") from error

    def seconds(self, age_days: int) -> int:
        """Length of a span of readings as old as that; 0 while they are kept whole."""
        return max((s.seconds for s in self.steps if age_days >= s.after_days), default=0)

    def rests(self, time: Times, today: int) -> Times:
        """For each time (ms) how long (ms) readings may lie apart only because they were thinned;
        ``today`` is a day's number."""
        age = today - (time + CITY_OFFSET) // DAY
        rests = np.zeros(len(time), np.int64)
        for step in self.steps:
            rests[age >= step.after_days] = step.seconds * 1000
        return rests
