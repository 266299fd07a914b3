"""The sector registers; the entries of one as a list with a column for each field; one entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Count, DecimalField, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.deadlines.calendar import add_months
from anlan.kernel.errors import Forbidden, Refused, Unknown
from anlan.kernel.typed.fields import Field, Kind, Stored
from anlan.kernel.typed.finding import Finder
from anlan.kernel.typed.forms import PREFIX, initial, values
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows
from anlan.kernel.ui.templatetags.ui import tag
from anlan.registry import policies, selectors
from anlan.registry.forms import EntryForm
from anlan.registry.models import Enterprise, Entry, Register, RegisterVersion, Site
from anlan.registry.pages.common import county_filter, found, keeps, place, url
from anlan.registry.services.entries import EntryFaults, entry_put
from anlan.registry.services.locking import Stale

_NOT_THE_FORM = (403, 404)
_SORTED = (Kind.INTEGER, Kind.NUMBER, Kind.DATE)
_CHOSEN = (Kind.YES_NO, Kind.CHOICE, Kind.CHOICES)


@page(policies.VIEW)
def registers(request: Request) -> HttpResponse:
    """The registers in use, with how many entries the viewer sees in each."""
    counted = Entry.objects.visible_to(request.actor).order_by().values("register")
    counts = {row["register"]: row["n"] for row in counted.annotate(n=Count("pk"))}
    rows = selectors.registers().select_related("sector")
    context = {"registers": [(each, counts.get(each.pk, 0)) for each in rows]}
    return render(request, "registry/registers.html", context)


@page(policies.VIEW)
def register(request: Request, code: str) -> HttpResponseBase:
    """The entries of one register that the viewer sees."""
    shown = _register(code)
    version = _newest(shown)
    rows = selectors.entries(request.actor, shown).annotate(**_numbers(version))
    listed = _list(shown, version)
    keeps_some = policies.KEEP.allows(request.actor) and not _retired(shown)
    context = {"register": shown, "version": version, "keeps": keeps_some}
    return listed.respond(request, rows, "registry/register.html", context)


@page(policies.KEEP, methods=("GET", "POST"))
def enterprise_entry(request: Request, pk: int, code: str) -> HttpResponse:
    """Fill in what the register asks of an enterprise."""
    return _entry(request, found(request.actor, "enterprise", pk), code)


@page(policies.KEEP, methods=("GET", "POST"))
def site_entry(request: Request, pk: int, code: str) -> HttpResponse:
    """Fill in what the register asks of a site."""
    return _entry(request, found(request.actor, "site", pk), code)


def _register(code: str) -> Register:
    row: Register | None = Register.objects.filter(code=code).select_related("sector").first()
    if row is None:
        raise Unknown("没有这个台账。请从行业台账清单重新进入。")
    return row


def _retired(register: Register) -> bool:
    return bool(register.retired_on and register.retired_on <= timezone.localdate())


def _newest(register: Register) -> RegisterVersion:
    try:
        return register.newest(timezone.localdate())
    except RegisterVersion.DoesNotExist as error:
        raise Unknown(f"“{register}”还没有启用的版本。") from error


# --- the list -------------------------------------------------------------------------------------


def _list(register: Register, version: RegisterVersion) -> List:
    """A column for each field of the newest version; an entry's words are its own version's."""
    kind = register.subject
    prefix = f"{kind}__"
    return List(
        key=f"registry.register.{register.code}",
        name=f"{register.name}台账",
        columns=(
            Column("subject", "名称", lambda e: e.subject.name, main=True,
                   url=lambda e: url(e.subject), sort=f"{prefix}name", width=36),
            Column("area", "所在区划", lambda e: place(e.subject.area),
                   sort=f"{prefix}area__path", width=22),
            Column("regulator", "监管部门", lambda e: e.subject.regulator or "未确定", width=20),
            *(_column(each) for each in version.schema),
            Column("checked", "核对日期", lambda e: e.checked_on, sort="checked_on", width=12),
            Column("gaps", "缺必填项", lambda e: "、".join(_missing(version, e)),
                   cell=lambda e: _gaps(_missing(version, e)), width=24),
        ),
        filters=(
            county_filter(prefix),
            *(_filter(each) for each in version.schema if each.kind in _CHOSEN),
            Filter("standing", "登记情况", _standings(register), _by_standing(register, version)),
        ),
        search=(f"{prefix}name",),
        order="subject",
        empty=Empty(
            f"“{register}”台账还没有登记",
            f"先登记{register.get_subject_display()}，再在它的页面上填写这个台账。",
            reverse("registry:sites" if kind == "site" else "registry:enterprises"),
            f"去{register.get_subject_display()}清单",
        ),
    )  # fmt: skip


def _column(field: Field) -> Column:
    label = f"{field.label}（{field.unit}）" if field.unit else field.label
    sort: str = ""
    if field.kind in _SORTED:
        sort = f"number_{field.key}" if field.kind is Kind.NUMBER else f"values__{field.key}"
    return Column(
        f"f_{field.key}", label, _value(field), sort=sort,
        number=field.kind in (Kind.INTEGER, Kind.NUMBER), width=min(40, 8 + len(label) * 2),
    )  # fmt: skip


def _value(field: Field) -> Callable[[Entry], Any]:
    """What the page and Excel get: numbers and dates as such, all else in words."""

    def value(entry: Entry) -> Any:
        stored = entry.values.get(field.key)
        own = next((f for f in entry.version.schema if f.key == field.key), field)
        if stored is None or own.kind not in _SORTED:
            return own.show(stored)
        return _typed(own.kind, stored)

    return value


def _typed(kind: Kind, stored: Stored) -> Any:
    if kind is Kind.NUMBER:
        return Decimal(str(stored))
    return date.fromisoformat(str(stored)) if kind is Kind.DATE else stored


def _numbers(version: RegisterVersion) -> dict[str, Any]:
    """Exact numbers lie in JSON as text: to be ordered they must become numbers."""
    digits = DecimalField(max_digits=30, decimal_places=10)
    return {
        f"number_{field.key}": Cast(KeyTextTransform(field.key, "values"), digits)
        for field in version.schema
        if field.kind is Kind.NUMBER
    }


def _filter(field: Field) -> Filter:
    none = ("-", "未填")
    if field.kind is Kind.YES_NO:
        choices = [("yes", "是"), ("no", "否"), none]
    else:
        choices = [*((each.code, each.label) for each in field.choices), none]

    def apply(rows: Rows, chosen: str) -> Rows:
        if chosen == "-":
            return rows.exclude(values__has_key=field.key)
        wanted: Any = chosen == "yes" if field.kind is Kind.YES_NO else chosen
        held = [wanted] if field.kind is Kind.CHOICES else wanted
        return rows.filter(values__contains={field.key: held})

    return Filter(f"f_{field.key}", field.label, choices, apply)


def _standings(register: Register) -> list[tuple[str, str]]:
    overdue = [("overdue", f"超过 {register.check_months} 个月未核对")]
    return [("incomplete", "缺必填项"), *(overdue if register.check_months else [])]


def _by_standing(register: Register, version: RegisterVersion) -> Callable[[Rows, str], Rows]:
    required = [each.key for each in version.schema if each.required]

    def apply(rows: Rows, chosen: str) -> Rows:
        if chosen == "incomplete":
            return rows.exclude(values__has_keys=required) if required else rows.none()
        return rows.filter(overdue(register))

    return apply


def overdue(register: Register) -> Q:
    """Condition on entries that are to be looked through again."""
    if not register.check_months:
        return Q(pk__in=[])
    return Q(checked_on__lt=add_months(timezone.localdate(), -register.check_months))


def _missing(version: RegisterVersion, entry: Entry) -> list[str]:
    return [each.label for each in version.schema.missing(entry.values)]


def _gaps(missing: list[str]) -> str:
    return tag(f"缺 {len(missing)} 项", "orange", "alert-triangle") if missing else ""


# --- one entry ------------------------------------------------------------------------------------


def _entry(request: Request, subject: Enterprise | Site, code: str) -> HttpResponse:
    if subject.merged_into_id:
        return redirect(url(subject))
    if not keeps(request.actor, subject):
        raise Forbidden(f"您能看到“{subject}”，但它不由您单位登记。请联系它的监管部门填写。")
    register = _register(code)
    version = _newest(register)
    entry = subject.entries.filter(register=register).select_related("version").first()
    form = _form(request, version, entry)
    present: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _put(request, subject, register, form)
            except Stale as stale:
                present, status = _freshen(request, form, subject, register, stale), stale.status
            except Refused as refusal:
                _add_faults(form, refusal)
                status = refusal.status
    context = {
        "subject": subject,
        "subject_url": url(subject),
        "register": register,
        "version": version,
        "entry": entry,
        "form": form,
        "present": present,
    }
    return render(request, "registry/entry.html", context, status=status)


def _form(request: Request, version: RegisterVersion, entry: Entry | None) -> EntryForm:
    shown = initial(version.schema, entry.values) if entry else {}
    shown |= {"checked_on": timezone.localdate(), "seen": entry.revision if entry else 0}
    data = request.POST if request.method == "POST" else None
    finder = Finder(request.actor)
    return EntryForm(data, schema=version.schema, finder=finder, initial=shown)


def _put(
    request: Request, subject: Enterprise | Site, register: Register, form: EntryForm
) -> HttpResponse:
    typed = form.cleaned_data
    entry_put(
        actor=request.actor,
        register=register,
        subject=subject,
        raw=values(typed),
        seen=typed["seen"] or 0,
        checked_on=typed["checked_on"],
    )
    messages.success(request, f"“{register}”台账已保存。")
    return redirect(f"{url(subject)}#entries")


def _freshen(
    request: Request, form: EntryForm, subject: Enterprise | Site, register: Register, stale: Stale
) -> list[tuple[str, str]]:
    """Let a second press save over what another put meanwhile, which stands beside the form."""
    entry = subject.entries.select_related("version").get(register=register)
    data = request.POST.copy()
    data["seen"] = str(entry.revision)
    form.data = data
    form.add_error(None, stale.message)
    return entry.version.schema.shown(entry.values)


def _add_faults(form: EntryForm, refusal: Refused) -> None:
    if refusal.status in _NOT_THE_FORM:
        raise refusal
    if isinstance(refusal, EntryFaults):
        for key, fault in refusal.faults.items():
            form.add_error(f"{PREFIX}{key}", fault)
    else:
        form.add_error(None, refusal.message)
