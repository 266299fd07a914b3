"""Components of pages. ``docs/ui.md`` and the page ``/ui/`` show each one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, FileInput, Textarea
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from anlan.kernel.ui import drawing, tokens
from anlan.kernel.ui.drawing import badge, icon

if TYPE_CHECKING:
    from anlan.kernel.ui.heads import Choice
    from anlan.kernel.ui.lists import Shown
    from anlan.kernel.ui.nav import Link

register = template.Library()
register.simple_tag(icon)

HTMX = {
    "includeIndicatorStyles": False,  # the policy of contents forbids inline style
    "allowEval": False,
    "allowScriptTags": False,
    "historyRestoreAsHxRequest": False,
    "selfRequestsOnly": True,
    "scrollIntoViewOnBoost": False,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},  # a form with its errors
        {"code": "[45]..", "swap": False, "error": True},  # anlan.js shows it
    ],
}


@register.simple_tag
def htmx_config() -> str:
    """htmx's settings for the head of the page."""
    return json.dumps(HTMX)


@register.simple_tag
def state(value: str, label: str = "", compact: bool = False) -> SafeString:
    """A duty's state as symbol and word; ``compact`` keeps the word for screen readers only."""
    return badge(tokens.STATES[value], label, compact=compact)


@register.simple_tag
def severity(value: str, label: str = "") -> SafeString:
    """红橙黄蓝 as symbol and word."""
    return badge(tokens.SEVERITIES[value], label)


@register.simple_tag
def tag(label: str, tone: str = "grey", icon_name: str = "") -> SafeString:
    """A word in a tone of the palette, for whatever is neither a state nor a severity."""
    return badge(tokens.Token(label, icon_name, tone))


@register.inclusion_tag("ui/parts/alert.html")
def alert(text: str, level: str = "info", title: str = "") -> dict[str, Any]:
    """A message to the reader; ``level`` is info, success, warning or error."""
    level = (level or "info").split()[-1]
    return {
        "text": text,
        "title": title,
        "token": tokens.LEVELS.get(level, tokens.LEVELS["info"]),
        "assertive": level == "error",
    }


@register.simple_block_tag
def card(
    content: str, title: str = "", icon_name: str = "", flush: bool = False, anchor: str = ""
) -> SafeString:
    """``{% card title="责任单位" %}…{% endcard %}``; ``flush`` lets a table touch the border."""
    named = format_html(' id="{}"', anchor) if anchor else ""
    symbol = icon(icon_name) if icon_name else ""
    head = format_html('<h2 class="card-head">{}{}</h2>', symbol, title) if title else ""
    return format_html(
        '<section class="card{}"{}>{}<div class="card-content">{}</div></section>',
        " card-flush" if flush else "",
        named,
        head,
        content,
    )


@register.inclusion_tag("ui/parts/empty.html")
def empty(
    title: str, text: str = "", url: str = "", label: str = "", icon_name: str = "inbox"
) -> dict[str, str]:
    """An empty state: why there is nothing, and what to do first."""
    return {"title": title, "text": text, "url": url, "label": label, "icon_name": icon_name}


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """A definition list of ``{% fact "责任单位" %}…{% endfact %}``."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    """One line of ``facts``; a dash where there is nothing."""
    shown = content if content.strip() else mark_safe('<span class="muted">—</span>')
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, shown)


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(entries: Iterable[Any], *, seconds: bool = False) -> dict[str, Any]:
    """Steps, newest first: each has ``at, title`` and may have ``who, text, icon, tone, note``.
    ``seconds`` for what happens within minutes."""
    return {"entries": list(entries), "form": "seconds" if seconds else ""}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Iterable[tuple[str, str, bool] | tuple[str, str, bool, int]]) -> dict[str, Any]:
    """Tabs that are links: (label, address, current[, count])."""
    return {"items": [(*item, None)[:4] for item in items]}


_FORMS = {"": "%Y-%m-%d %H:%M", "date": "%Y-%m-%d", "seconds": "%Y-%m-%d %H:%M:%S"}


@register.simple_tag
def when(moment: datetime | date | None, form: str = "") -> SafeString:
    """A moment in the city's time: ``2026-03-05 14:30``; by ``form`` the ``date`` alone, or with
    its ``seconds``."""
    if moment is None:
        return mark_safe('<span class="muted">—</span>')
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment)
        shown = moment.strftime(_FORMS[form])
    else:
        shown = moment.isoformat()
    return format_html('<time class="nowrap" datetime="{}">{}</time>', moment.isoformat(), shown)


@register.inclusion_tag("ui/parts/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Numbered links of a ``Paginator`` page; keeps the other GET parameters."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "page": page,
        "numbers": list(numbers),
        "gap": page.paginator.ELLIPSIS,
        "request": context.get("request"),
    }


@register.inclusion_tag("ui/parts/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary above a form: what is wrong and where, each a link to its field."""
    fields = [(bound, error) for bound in form for error in bound.errors]
    return {
        "general": form.non_field_errors(),
        "fields": fields,
        "count": len(fields) + len(form.non_field_errors()),
    }


@register.inclusion_tag("ui/parts/form_field.html")
def form_field(field: BoundField, hint: str = "") -> dict[str, Any]:
    """A field with its label, help and errors, all tied together for screen readers."""
    kind = _kind(field)
    notes = [f"{field.auto_id}-help"] if (hint or field.help_text) else []
    notes += [f"{field.auto_id}-errors"] if field.errors else []
    attributes: dict[str, str | bool] = {
        "class": _class(kind, bool(field.errors)),
        **({"aria-describedby": " ".join(notes)} if notes else {}),
    }
    if field.errors:
        attributes["aria-invalid"] = "true"
    if kind == "file":
        attributes["data-upload"] = ""
    return {
        "field": field,
        "kind": kind,
        "hint": hint or field.help_text,
        "control": field.as_widget(attrs=attributes),
    }


@register.inclusion_tag("ui/parts/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """The error summary and every visible field, in order."""
    return {"form": form}


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, FileInput):
        return "file"
    if isinstance(widget, Textarea):
        return "text"
    return (
        {
            "checkbox": "check",
            "radio": "choices",
            "checkboxselectmultiple": "choices",
            "radioselect": "choices",
            "select": "select",
        }.get(getattr(widget, "input_type", "") or "", "input")
        if type(widget).__name__ not in ("CheckboxSelectMultiple", "RadioSelect")
        else "choices"
    )


def _class(kind: str, wrong: bool) -> str:
    base = {"check": "form-check-input", "select": "form-select", "choices": "choices"}.get(
        kind, "form-control"
    )
    return f"{base} is-invalid" if wrong else base


@register.inclusion_tag("ui/parts/confirm.html", takes_context=True)
def confirm(
    context: template.Context,
    url: str,
    label: str,
    text: str,
    *,
    title: str = "",
    icon_name: str = "",
    tone: str = "primary",
    reason: str = "",
    yes: str = "",
    name: str = "",
    value: str = "",
) -> dict[str, Any]:
    """A button that asks before it posts to ``url``. ``reason`` labels a required text, sent as
    ``reason``; ``name``/``value`` add one more field. Without JavaScript the same dialog is a
    ``details`` that opens below the button."""
    return {
        "csrf_token": context.get("csrf_token"),
        "url": url,
        "label": label,
        "text": text,
        "title": title or label,
        "icon_name": icon_name,
        "tone": tone,
        "reason": reason,
        "yes": yes or label,
        "name": name,
        "value": value,
    }


@register.simple_tag
def list_rows(shown: Shown) -> SafeString:
    """The rows of a list."""
    return drawing.rows(shown)


@register.simple_tag
def choice_options(choice: Choice) -> SafeString:
    """The options of a list's filter."""
    return drawing.options(choice)


@register.simple_tag
def nav_entry(link: Link) -> SafeString:
    """An entry of the navigation."""
    return drawing.entry(link)


@register.filter
def cell(value: Any) -> Any:
    """A list's value as the page shows it: moments in the city's time, a dash for nothing."""
    if isinstance(value, datetime | date):
        return when(value)
    return mark_safe('<span class="muted">—</span>') if value in (None, "") else value
