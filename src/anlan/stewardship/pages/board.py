"""Every mine of the register with its stewards, vacancies first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.registry.models import Site
from anlan.registry.pages.common import county_filter, place
from anlan.stewardship import policies
from anlan.stewardship.board import LABELS, Board, Mine, Need
from anlan.stewardship.choices import Level
from anlan.stewardship.visits import Span

TONES = {Need.STEWARD: "red", Need.VISIT: "orange", Need.NOTHING: "green"}
ICONS = {Need.STEWARD: "alert-triangle", Need.VISIT: "clock", Need.NOTHING: "check"}
VACANT = "空缺"


@page(policies.VIEW)
def board(request: Request) -> HttpResponseBase:
    """The mines that I see, as of today: who answers for each, what is vacant."""
    shown = Board(request.actor, timezone.localdate())
    context = {
        "board": shown,
        "total": len(shown.areas),
        "counts": [(need, LABELS[need], len(shown.needing(need)), TONES[need]) for need in Need],
        "vacant": [(each.label, len(shown.lacking(each))) for each in shown.required],
        "keeps": policies.KEEP.allows(request.actor),
    }
    return _list(shown).respond(request, shown.ordered, "stewardship/board.html", context)


def _list(board: Board) -> List:
    return List(
        key="stewardship.mines",
        name="矿山包保",
        columns=(
            Column("name", "矿山", lambda s: s.name, main=True, url=_url, sort="name", width=26),
            Column("need", "包保情况", _said(board), cell=_need(board),
                   sort=("need_rank", "area__path", "name"), width=10),
            Column("area", "所在区划", lambda s: place(s.area), sort="area__path", width=18),
            Column("sector", "行业领域", lambda s: str(s.sector), width=10),
            *(_column(board, each) for each in Level),
            _count(board, "month", "本月到矿", board.month),
            _count(board, "quarter", "本季到矿", board.quarter),
            _count(board, "year", "今年到矿", board.year),
            Column("last", "最近到矿", lambda s: board.of(s).last, width=12),
        ),
        filters=(
            Filter("need", "包保情况", [(n, LABELS[n]) for n in Need], _by_need(board)),
            Filter("visit", "本季到矿", [("due", "未到齐")],
                   lambda rows, _: rows.filter(pk__in=board.unvisited())),
            Filter("vacant", "空缺", [(each, f"{each.label}空缺") for each in board.required],
                   lambda rows, level: rows.filter(pk__in=board.lacking(Level(level)))),
            county_filter(),
        ),
        search=("name", "enterprise__name"),
        order="need",
        empty=Empty(
            "没有要包保的矿山",
            "监管对象中登记了矿井、露天矿或尾矿库，就会列在这里。",
            reverse("registry:sites"), "去场所清单",
        ),
    )  # fmt: skip


def _url(site: Site) -> str:
    return reverse("stewardship:mine", args=[site.pk])


def _column(board: Board, level: Level) -> Column:
    """The steward of a level; in red where there must be one."""
    return Column(
        level, f"{level.label}包保领导", lambda s: _steward(board.of(s), level),
        cell=lambda s: _steward_cell(board.of(s), level), width=22,
    )  # fmt: skip


def _count(board: Board, key: str, label: str, span: Span) -> Column:
    """Verified visits; beside those of the year, how many wait to be verified."""

    def cell(site: Site) -> Any:
        mine = board.of(site)
        waiting = mine.waiting if key == "year" else 0
        return f"{mine.count(span)}（另 {waiting} 次待核验）" if waiting else mine.count(span)

    return Column(
        key, label, lambda s: board.of(s).count(span), cell=cell, number=True, width=10
    )  # fmt: skip


def _steward(mine: Mine, level: Level) -> str:
    if level in mine.stewards:
        post = mine.stewards[level].post
        return f"{post.name}（{post.organisation}{post.title}）"
    return VACANT if level in mine.vacant else ""


def _steward_cell(mine: Mine, level: Level) -> Any:
    if level in mine.vacant:
        return tag(VACANT, "red", "alert-triangle")
    return str(mine.stewards[level].post) if level in mine.stewards else ""


def _said(board: Board) -> Callable[[Site], str]:
    return lambda site: LABELS[board.of(site).need]


def _need(board: Board) -> Callable[[Site], Any]:
    def cell(site: Site) -> Any:
        need = board.of(site).need
        return tag(LABELS[need], TONES[need], ICONS[need])

    return cell


def _by_need(board: Board) -> Callable[[Rows, str], Rows]:
    return lambda rows, need: rows.filter(pk__in=board.needing(Need(need)))
