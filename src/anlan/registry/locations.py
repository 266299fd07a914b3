"""Where subjects lie, counted by the cells of a grid over the map: one query for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import (
    Avg,
    Case,
    Count,
    F,
    FloatField,
    IntegerField,
    Min,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Floor

from anlan.kernel.orgs.maps import Map
from anlan.registry.choices import Colour

CELL = 50  # points of the drawing: 29 px on a phone of 390 px, what a thumb hits
_RANKS = {colour.value: rank for rank, colour in enumerate(Colour)}  # highest first
_NONE = len(_RANKS)


@dataclass(frozen=True)
class Cluster:
    """The subjects of one cell: ``x``, ``y`` where they lie on average, ``worst`` the worst colour
    among them, empty if none has one. ``first``: the lowest key, of one subject its own."""

    cell: str
    x: float
    y: float
    count: int
    worst: str
    first: int


@dataclass(frozen=True)
class Located:
    """``nowhere``: how many have no location; ``outside``: how many lie beyond the map's edges."""

    clusters: list[Cluster]
    nowhere: int
    outside: int

    @property
    def shown(self) -> int:
        return sum(each.count for each in self.clusters)


class Grid:
    """The cells of a map, named by the area that it shows, column and row (``141102:7-12``); by
    ``all`` where it shows several: on another map the same column and row are another place."""

    def __init__(self, drawn: Map) -> None:
        self.drawn = drawn
        self._name = next(iter(drawn.outlines)) if len(drawn.outlines) == 1 else "all"
        self._plane = drawn.plane
        self._columns = _cells(drawn.width)
        self._rows = _cells(drawn.height)

    def count(self, rows: QuerySet, colour: str = "grade") -> Located:
        """The rows by cell; ``colour`` names the field or annotation that holds a row's colour."""
        ranks = [When(**{colour: name}, then=Value(rank)) for name, rank in _RANKS.items()]
        worst = Min(Case(*ranks, default=Value(_NONE), output_field=IntegerField()))
        found = (
            rows.order_by()
            .annotate(column=self._column(), row=self._row())
            .values("column", "row")
            .annotate(
                count=Count("pk"),
                east=Avg("longitude"),
                north=Avg("latitude"),
                worst_rank=worst,
                first=Min("pk"),
            )
            .order_by("row", "column")
        )
        clusters, nowhere, outside = [], 0, 0
        for each in found:
            if each["column"] is None:
                nowhere += each["count"]
            elif not self._holds(each["column"], each["row"]):
                outside += each["count"]
            else:
                clusters.append(self._cluster(each))
        return Located(clusters, nowhere, outside)

    def within(self, cell: str) -> Q | None:
        """Condition on a subject: it lies in the cell; None if the map has no such cell."""
        name, _, place = cell.partition(":")
        parts = place.split("-")
        if (
            name != self._name
            or len(parts) != 2
            or not all(p.isascii() and p.isdecimal() and len(p) < 4 for p in parts)
        ):
            return None
        column, row = (int(each) for each in parts)
        if not self._holds(column, row):
            return None
        return Q(column=column, row=row)

    def placed(self, rows: QuerySet) -> QuerySet:
        """The rows with the cell in which each lies."""
        return rows.annotate(column=self._column(), row=self._row())

    @property
    def outside(self) -> Q:
        """Condition on rows that were ``placed``: beyond the map's edges."""
        return (
            Q(column__lt=0) | Q(column__gte=self._columns) | Q(row__lt=0) | Q(row__gte=self._rows)
        )

    def _holds(self, column: int, row: int) -> bool:
        return 0 <= column < self._columns and 0 <= row < self._rows

    def _cluster(self, row: dict) -> Cluster:
        x, y = self._plane.put(float(row["east"]), float(row["north"]))
        worst = next((each for each, rank in _RANKS.items() if rank == row["worst_rank"]), "")
        cell = f"{self._name}:{row['column']:.0f}-{row['row']:.0f}"
        return Cluster(cell, x, y, row["count"], worst, row["first"])

    def _column(self) -> Floor:
        plane = self._plane
        east = Cast(F("longitude"), FloatField()) - Value(plane.west)
        return Floor(east * Value(plane.x_scale / CELL), output_field=FloatField())

    def _row(self) -> Floor:
        plane = self._plane
        south = Value(plane.north) - Cast(F("latitude"), FloatField())
        return Floor(south * Value(plane.y_scale / CELL), output_field=FloatField())


def _cells(points: int) -> int:
    """How many cells cover so many points."""
    return -(-points // CELL)
