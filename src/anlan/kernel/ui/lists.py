"""Lists: declared columns, filters, search, order, pages, saved views, and the same rows in Excel.

    DUTIES = List(
        key="plan.duties",
        columns=(
            Column("title", "任务", lambda d: d.title, main=True, url=lambda d: d.url),
            Column("due", "期限", lambda d: d.due_on, sort="due_on"),
            Column("state", "状态", lambda d: d.get_state_display(), cell=lambda d: state(d.state)),
        ),
        filters=(Filter("state", "状态", DutyState.choices, lambda rows, v: rows.filter(state=v)),),
        search=("title", "number"),
        order="due",
    )

    @page(policies.unit)
    def duties(request):
        return DUTIES.respond(request, selectors.duties(request.actor), "plan/duties.html")

The template includes ``ui/parts/list.html``. Everything is a GET parameter of one address: the
whole page works without JavaScript, and htmx fetches only the list from the same address.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Model, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from anlan.kernel.ui import export
from anlan.kernel.ui.finding import matches
from anlan.kernel.ui.heads import Choice, Head
from anlan.kernel.ui.models import SavedView
from anlan.kernel.ui.paging import PER_PAGE, Pages
from anlan.kernel.ui.paging import Rows as Rows
from anlan.kernel.ui.templatetags.ui import cell as drawn

LONGEST_SEARCH = 100
Choices = Iterable[tuple[Any, Any]]


@dataclass(frozen=True)
class Column:
    """``value`` goes to Excel, and to the page unless ``cell`` draws it there.

    ``sort`` names the fields to order by (``-`` for descending); empty: the column does not sort.
    ``main`` marks what a row is called; ``url`` makes it a link. ``number`` sets it to the right.
    """

    key: str
    label: str
    value: Callable[[Any], Any]
    cell: Callable[[Any], Any] | None = None
    sort: str | tuple[str, ...] = ()
    main: bool = False
    url: Callable[[Any], str] | None = None
    number: bool = False
    width: int = 16  # characters, in Excel

    @property
    def classes(self) -> str:
        """How a cell of the column looks: worked out once, not for each cell."""
        if self.main:
            size = "main-cell"
        else:
            size = "wide-cell" if self.width > 24 else "short-cell" if self.width <= 10 else ""
        return " ".join(filter(None, ["num" if self.number else "", size]))

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.sort,) if isinstance(self.sort, str) else self.sort


@dataclass(frozen=True)
class Filter:
    """A choice above the list. ``apply`` is called only with a value that is among the choices.

    ``default`` gives what is chosen where the address says nothing; an empty value in the address
    then means all.
    """

    key: str
    label: str
    choices: Choices | Callable[[HttpRequest], Choices]
    apply: Callable[[Rows, str], Rows]
    default: Callable[[HttpRequest], str] | None = None

    def options(self, request: HttpRequest) -> list[tuple[str, str]]:
        found = self.choices(request) if callable(self.choices) else self.choices
        return [(str(value), str(label)) for value, label in found]


@dataclass(frozen=True)
class Empty:
    """What the list says when there is nothing at all: why, and what to do first."""

    title: str = "还没有记录"
    text: str = ""
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class List:
    """A list as an app declares it. ``key`` names it in saved views and in its elements' ids.

    ``order`` is the key of the column that orders it at first, with ``-`` for descending.
    ``live`` are the events upon which it is read again (``live:duty``), with blanks between.
    """

    key: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    search: Sequence[str] | Callable[[str], Q] = ()
    order: str = ""
    empty: Empty = field(default_factory=Empty)
    name: str = "清单"  # of the Excel file
    live: str = ""
    per_page: int = PER_PAGE

    @property
    def triggers(self) -> str:
        """The events of ``live`` as htmx hears them."""
        return ", ".join(f"{each} from:body" for each in self.live.split())

    def respond(
        self,
        request: HttpRequest,
        rows: Rows,
        template: str,
        context: dict[str, Any] | Callable[[Shown], dict[str, Any]] | None = None,
        part: str = "ui/parts/list.html",
    ) -> HttpResponseBase:
        """The page, the list alone for htmx, or the Excel file: by the request.

        ``context`` is what else the template needs, or makes it of the list; then it may also tell
        the list its ``total``. ``part``: what htmx gets, where more than the list changes with it.
        """
        shown = Shown(self, request, rows)
        if request.GET.get("export") == "xlsx":
            return export.response(shown.name, self.columns, shown.rows, shown.described)
        htmx: Any = getattr(request, "htmx", None)
        partial = htmx and not htmx.boosted and not htmx.history_restore_request
        more = context(shown) if callable(context) else context or {}
        whole = {**more, "list": shown}
        return render(request, part if partial else template, whole)


class Shown:
    """The list as one request asks for it; what is not understood is left out, and said.

    ``total``: how many rows there are, where a page knows it without counting them.
    """

    def __init__(self, declared: List, request: HttpRequest, rows: Rows) -> None:
        self.declared = declared
        self.request = request
        self.all_rows = rows
        self.total: int | None = None
        self.path = request.path
        self.text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
        self.choices = [self._choice(each) for each in declared.filters]
        self.order, self.descending = self._order()

    @property
    def searches(self) -> bool:
        """Whether words can be looked for; a template would call a function to find out."""
        return bool(self.declared.search)

    @property
    def id(self) -> str:
        return f"list-{self.declared.key.replace('.', '-')}"

    @property
    def name(self) -> str:
        return self.declared.name

    @cached_property
    def rows(self) -> Rows:
        """The rows that the filters and the search leave, in order."""
        rows = self.narrowed_by()
        return rows.order_by(*self._order_fields()) if self.order else rows

    def narrowed_by(self, *, but: Container[str] = ()) -> Rows:
        """What the search and the filters leave, those aside whose keys are in ``but``."""
        rows = self.all_rows
        for each, choice in zip(self.declared.filters, self.choices, strict=True):
            if choice.chosen and each.key not in but:
                rows = each.apply(rows, choice.chosen)
        if self.text and self.declared.search:
            rows = rows.filter(matches(self.declared.search, self.text))
        return rows

    @cached_property
    def page(self) -> Page[Any]:
        pages = Pages(self.rows, self.declared.per_page, self.total)
        return pages.get_page(self.request.GET.get("page"))

    def table(self) -> Iterator[tuple[Model, list[tuple[str, str, Any, str]]]]:
        """Row by row what the page draws: the column's label, its classes, content, link."""
        columns = [(c, c.label, c.classes, c.cell or c.value) for c in self.declared.columns]
        for row in self.page:
            yield row, [_drawn(row, *each) for each in columns]

    @property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.declared.columns]

    @property
    def narrowed(self) -> bool:
        """Whether a filter or a search leaves rows out."""
        return bool(self.text or any(each.chosen != each.default for each in self.choices))

    @cached_property
    def ignored(self) -> list[str]:
        """The names of filters whose given value is none of theirs."""
        given = self.request.GET
        return [c.label for c in self.choices if given.get(c.key, c.chosen) not in ("", c.chosen)]

    @cached_property
    def query(self) -> str:
        """Filters, search and order, without the page: what a saved view keeps."""
        return urlencode(self._parameters())

    @property
    def export_url(self) -> str:
        return f"?{urlencode({**self._parameters(), 'export': 'xlsx'})}"

    @cached_property
    def views(self) -> list[SavedView]:
        """The viewer's own views of this list."""
        actor: Any = getattr(self.request, "actor", None)
        if actor is None or actor.user is None:
            return []
        return list(SavedView.objects.filter(user=actor.user, page=self.declared.key))

    @property
    def described(self) -> list[tuple[str, str]]:
        """The conditions in words, for the sheet that explains the Excel file."""
        chosen = [(c.label, dict(c.options)[c.chosen]) for c in self.choices if c.chosen]
        return [*chosen, *([("搜索", self.text)] if self.text else [])]

    def _choice(self, declared: Filter) -> Choice:
        options = declared.options(self.request)
        default = declared.default(self.request) if declared.default else ""
        given = self.request.GET.get(declared.key, default)
        chosen = given if given == "" or given in dict(options) else default
        return Choice(declared.key, declared.label, options, chosen, default)

    def _order(self) -> tuple[str, bool]:
        sortable = {column.key for column in self.declared.columns if column.sort}
        for given in (self.request.GET.get("sort", ""), self.declared.order):
            if given.removeprefix("-") in sortable:
                return given.removeprefix("-"), given.startswith("-")
        return "", False

    def _order_fields(self) -> list[str]:
        column = next(c for c in self.declared.columns if c.key == self.order)
        # The key turns as well: an index can be read backwards as a whole only.
        fields = (*column.fields, "pk")
        return [_turned(name) if self.descending else name for name in fields]

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(column, "", "")
        current = column.key == self.order
        turned = f"-{column.key}" if current and not self.descending else column.key
        direction = ("descending" if self.descending else "ascending") if current else ""
        return Head(column, f"?{urlencode({**self._parameters(), 'sort': turned})}", direction)

    def _parameters(self) -> dict[str, str]:
        order = f"{'-' if self.descending else ''}{self.order}"
        text = {"q": self.text} if self.text else {}
        own = {each.key: each.chosen for each in self.choices if each.chosen != each.default}
        return {**text, **own, **({"sort": order} if order != self.declared.order else {})}


def _drawn(
    row: Any, column: Column, label: str, classes: str, draw: Callable[[Any], Any]
) -> tuple[str, str, Any, str]:
    content = draw(row)
    if content is None or content == "":
        classes = f"{classes} blank"
    return label, classes, drawn(content), column.url(row) if column.url else ""


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"
