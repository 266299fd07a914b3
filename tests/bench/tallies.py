"""What a benchmark of the detector counted, and its tables."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from anlan.monitoring.tamper.detector import THRESHOLDS

ORDER = {kind: at for at, kind in enumerate(THRESHOLDS)}


@dataclass
class Tally:
    """Of one kind, way and duration."""

    tried: int = 0
    altered: int = 0
    seen: int = 0
    named: int = 0
    false: int = 0
    there: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Counts the other's as well."""
        self.tried += other.tried
        self.altered += other.altered
        self.seen += other.seen
        self.named += other.named
        self.false += other.false
        self.there += other.there
        self.found += other.found


Tallies = dict[tuple[str, str, str], Tally]


def show(tallies: Tallies) -> None:
    """By kind and length, by kind, way and length, and where stretches were missed."""
    together: dict[tuple[str, str, str], Tally] = defaultdict(Tally)
    for (kind, way, name), one in tallies.items():
        together[kind, "all", name].add(one)
        if one.missed:
            print(f"missed: {kind}, {way}, {name}: {dict(+one.missed)}", file=sys.stderr)
    _table(together)
    _table(tallies)


def _table(tallies: Tallies) -> None:
    names = ("mine", "pump", "machine", "room", "river")
    head = ("kind", "how", "length", "touched", "altered", "recall", "named", "false", "precision")
    print(f"| {' | '.join((*head, *names))} |")
    print("|" + "---|" * (len(head) + len(names)))
    for (kind, way, name), one in sorted(tallies.items(), key=lambda item: ORDER[item[0][0]]):
        recall = f"{one.seen / one.altered:.2f}" if one.altered else "–"
        told = one.seen + one.false
        precision = f"{one.seen / told:.2f}" if told else "–"
        by_group = " | ".join(
            f"{one.found[group]}/{one.there[group]}" if one.there[group] else "–" for group in names
        )
        print(
            f"| {kind} | {way} | {name} | {one.tried} | {one.altered} | {recall} | {one.named} "
            f"| {one.false} | {precision} | {by_group} |"
        )
    print()
