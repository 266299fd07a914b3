"""Markup drawn in Python: of what stands on a page some hundred times.

Django's templates look up each name anew for each cell; the rows of a list or of a matrix drawn so
cost more than all queries of the page (decision 0009). Everything else is a template.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from anlan.kernel.ui import nav, tokens

if TYPE_CHECKING:
    from anlan.kernel.ui.heads import Choice
    from anlan.kernel.ui.lists import Shown
    from anlan.kernel.ui.nav import Link


def escaped(value: Any) -> str:
    """What a template would write for ``{{ value }}``: text escaped, markup as it is.

    ``conditional_escape`` does the same by way of a lazy function, at five times the price.
    """
    return str(value.__html__()) if hasattr(value, "__html__") else escape(str(value))


@lru_cache(maxsize=1024)  # a list draws the same few some hundred times
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; decorative unless ``label`` names it."""
    told = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html(
        '<svg class="i" {}><use href="{}#{}"></use></svg>', told, static("vendor/icons.svg"), name
    )


@lru_cache(maxsize=1024)
def badge(token: tokens.Token, label: str = "", *, compact: bool = False) -> SafeString:
    """A badge for a token; ``compact`` keeps the word for screen readers only."""
    word = label or token.label
    classes = f"tag tag-{token.tone}{' tag-solid' if token.solid else ''}"
    symbol = icon(token.icon) if token.icon else ""
    if compact:
        text = format_html('<span class="visually-hidden">{}</span>', word)
        return format_html('<span class="{}" title="{}">{}{}</span>', classes, word, symbol, text)
    return format_html('<span class="{}">{}{}</span>', classes, symbol, word)


def rows(shown: Shown) -> SafeString:
    """The rows of a list: each cell says what its column is called, for phones."""
    ident = escape(shown.id)
    drawn = (
        f'<tr id="{ident}-{escape(str(row.pk))}">{"".join(_cell(*each) for each in cells)}</tr>'
        for row, cells in shown.table()
    )
    return mark_safe("\n".join(drawn))  # noqa: S308 (each part is escaped)


def _cell(label: str, classes: str, content: Any, url: str) -> str:
    inner = escaped(content)
    if url:
        inner = f'<a href="{escape(url)}">{inner}</a>'
    return f'<td data-label="{escape(label)}" class="{escape(classes)}">{inner}</td>'


def options(choice: Choice) -> SafeString:
    """The options of a filter, the chosen one marked."""
    found = (
        f'<option value="{escape(value)}"{" selected" if value == choice.chosen else ""}>'
        f"{escape(label)}</option>"
        for value, label in choice.options
    )
    return mark_safe("\n".join(found))  # noqa: S308 (both parts are escaped)


@lru_cache(maxsize=2048)  # the same few dozen on every page
def entry(link: Link) -> SafeString:
    """An entry of the navigation, with how much waits behind it."""
    current = ' aria-current="page"' if link.current else ""
    return format_html(
        '<a href="{}"{}>{}<span>{}</span>{}</a>',
        link.url, mark_safe(current), icon(link.icon), link.label, _waiting(link.count),  # noqa: S308
    )  # fmt: skip


def _waiting(count: int) -> SafeString | str:
    told = '<b class="nav-count" title="等待办理 {}">{}</b>'
    if count > nav.MOST:
        return format_html(told, f"{nav.MOST} 件以上", f"{nav.MOST}+")
    return format_html(told, f"{count} 件", count) if count else ""
