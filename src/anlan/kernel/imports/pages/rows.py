"""The rows of a batch: what is wrong beside its cell, what is good, what was taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Refused
from anlan.kernel.imports import registry
from anlan.kernel.imports.choices import BatchState
from anlan.kernel.imports.models import ImportBatch, ImportRow
from anlan.kernel.imports.registry import WHOLE_ROW
from anlan.kernel.ui.drawing import icon
from anlan.kernel.ui.lists import Column, Empty, Filter, List

Labels = dict[str, str]


def respond(
    request: Request, batch: ImportBatch, context: dict[str, Any], *, good: bool
) -> HttpResponseBase:
    """The rows with faults, or the good ones, each at an address of their own."""
    faulty = batch.faulty + batch.refused
    labels = _labels(batch)
    shown = _good(batch, labels) if good else _faulty(batch, labels)
    rows = batch.rows.filter(good=good).annotate(text=Cast("cells", TextField()))
    named = "已接收" if batch.state == BatchState.DONE else "可接收"
    tabs = [
        ("有问题", reverse("imports:batch", args=[batch.pk]), not good, faulty),
        (named, reverse("imports:good", args=[batch.pk]), good, batch.good - batch.refused),
    ]
    whole = {**context, "tabs": tabs, "faulty": faulty}
    return shown.respond(request, rows, "imports/batch.html", whole)


def _labels(batch: ImportBatch) -> Labels:
    """All columns of the importer in its order; none if what it imports into is gone."""
    try:
        columns = registry.find(batch.importer).columns(batch.bringer())
    except Refused:
        return {key: key for key in batch.keys}
    return {each.key: each.label for each in columns}


def _faulty(batch: ImportBatch, labels: Labels) -> List:
    return List(
        key="imports.faulty",
        name=f"{batch.title}有问题的行",
        columns=(
            _number(),
            Column("faults", "问题", _all_faults(labels), cell=_named(labels), width=60),
            *_cells(batch, labels),
        ),
        filters=(
            Filter(
                "column",
                "哪一列有问题",
                [*labels.items(), (WHOLE_ROW, "整行")],
                lambda rows, key: rows.filter(faults__has_key=key),
            ),
        ),
        search=("text",),
        empty=Empty("没有问题", "读出的每一行都可以接收。"),
    )


def _good(batch: ImportBatch, labels: Labels) -> List:
    return List(
        key="imports.good",
        name=f"{batch.title}可接收的行",
        columns=(_number(), *_cells(batch, labels)),
        search=("text",),
        empty=Empty("没有可以接收的行", "请下载有问题的行，改正后重新上传。"),
    )


def _number() -> Column:
    return Column(
        "number",
        "行号",
        lambda row: row.number,
        cell=lambda row: f"第 {row.number} 行",
        sort="number",
        main=True,
        width=8,
    )


def _cells(batch: ImportBatch, labels: Labels) -> list[Column]:
    """The columns that the file had."""
    return [
        Column(key, label, _value(key), cell=_with_fault(key), width=20)
        for key, label in labels.items()
        if key in batch.keys
    ]


def _value(key: str) -> Callable[[ImportRow], Any]:
    return lambda row: row.cells.get(key)


def _with_fault(key: str) -> Callable[[ImportRow], Any]:
    """The content, and under it what is wrong with it."""

    def draw(row: ImportRow) -> Any:
        value = row.cells.get(key)
        fault = row.faults.get(key)
        if not fault:
            return _words(value)
        return format_html("{}{}", _words(value), _fault(fault))

    return draw


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def _fault(words: str) -> SafeString:
    return format_html('<span class="fault">{}{}</span>', icon("alert-circle"), words)


def _all_faults(labels: Labels) -> Callable[[ImportRow], str]:
    """For the Excel file: every fault, with its column's name where it does not say it."""

    def words(row: ImportRow) -> str:
        said = []
        for key, fault in row.faults.items():
            label = labels.get(key, "")
            said.append(fault if not label or label in fault else f"{label}：{fault}")
        return "\n".join(said)

    return words


def _named(labels: Labels) -> Callable[[ImportRow], Any]:
    """For the page: what concerns the whole row, or no cell shown; and which cells to look at."""

    def draw(row: ImportRow) -> Any:
        loose = [fault for key, fault in row.faults.items() if key not in row.cells]
        cells = "、".join(labels.get(key, key) for key in row.faults if key in row.cells)
        told = format_html_join("", "{}", ((_fault(each),) for each in loose))
        return format_html("{}{}", cells, told)

    return draw
