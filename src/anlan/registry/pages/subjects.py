"""One enterprise, one site: its facts, people, sites, entries, grades, and what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.policies import page
from anlan.kernel.access.requests import Request
from anlan.kernel.errors import Unknown
from anlan.kernel.orgs.pages.common import act
from anlan.registry import panels, policies, selectors
from anlan.registry.forms import EndPostForm, GradeForm, PostForm
from anlan.registry.models import Enterprise, Entry, Post, Register, Site
from anlan.registry.pages.common import business, found, grade, keeps, kind_of, place, url
from anlan.registry.pages.disputes import disputes_of
from anlan.registry.pages.history import history
from anlan.registry.services import grading, people

_MOST_SITES = 50


@page(policies.VIEW)
def enterprise(request: Request, pk: int) -> HttpResponse:
    """All that is on record of an enterprise."""
    return show(request, found(request.actor, "enterprise", pk))


@page(policies.VIEW)
def site(request: Request, pk: int) -> HttpResponse:
    """All that is on record of a site."""
    return show(request, found(request.actor, "site", pk))


@page(policies.KEEP, methods=("POST",))
def enterprise_grade(request: Request, pk: int) -> HttpResponse:
    """Set the grade of an enterprise."""
    return _grade(request, found(request.actor, "enterprise", pk))


@page(policies.KEEP, methods=("POST",))
def site_grade(request: Request, pk: int) -> HttpResponse:
    """Set the grade of a site."""
    return _grade(request, found(request.actor, "site", pk))


@page(policies.KEEP, methods=("POST",))
def appoint(request: Request, pk: int) -> HttpResponse:
    """Put a person into a post of the enterprise."""
    subject = found(request.actor, "enterprise", pk)
    form = PostForm(request.POST)

    def do(**typed: Any) -> str:
        post = people.appoint(actor=request.actor, enterprise=pk, **typed)
        return f"已登记{post.person}为{post.get_kind_display()}。"

    return _after(request, subject, form, do, "post_form")


@page(policies.KEEP, methods=("POST",))
def end_post(request: Request, pk: int) -> HttpResponse:
    """Say on which day a person left a post."""
    _, enterprise = _post(request.actor, pk)
    form = EndPostForm(request.POST, auto_id=f"end{pk}_%s")

    def do(**typed: Any) -> str:
        ended = people.post_end(actor=request.actor, post=pk, **typed)
        return f"{ended.person}的任职登记到 {ended.valid_to} 为止。"

    if act(request, form, do):
        return redirect(url(enterprise))
    messages.error(request, "；".join(str(e) for errors in form.errors.values() for e in errors))
    return redirect(f"{url(enterprise)}#people")


@page(policies.IDENTITY, methods=("POST",))
def identity(request: Request, pk: int) -> HttpResponse:
    """Open the identity number of whom a post holds; shown once, on this answer alone."""
    post, enterprise = _post(request.actor, pk)
    reason = request.POST.get("reason", "")
    number = people.identity_open(actor=request.actor, person=post.person_id, reason=reason)
    answer = show(request, enterprise, opened=(post.pk, number))
    answer["Cache-Control"] = "no-store"
    return answer


def _post(actor: Actor, pk: int) -> tuple[Post, Enterprise | Site]:
    post: Post | None = Post.objects.visible_to(actor).filter(pk=pk).first()
    if post is None:
        raise Unknown
    return post, found(actor, "enterprise", post.enterprise_id)


def _grade(request: Request, subject: Enterprise | Site) -> HttpResponse:
    form = GradeForm(request.POST)

    def do(**typed: Any) -> str:
        typed["seen"] = typed["seen"] or 0
        made = grading.grade_set(actor=request.actor, subject=subject, **typed)
        return f"已评定为{made.get_colour_display()}。"

    return _after(request, subject, form, do, "grade_form")


def _after(
    request: Request, subject: Enterprise | Site, form: Any, do: Any, name: str
) -> HttpResponse:
    """Back to the page; with a fault, the page again with what was typed."""
    if act(request, form, do):
        return redirect(url(subject))
    fresh = found(request.actor, kind_of(subject), subject.pk)
    return show(request, fresh, status=422, **{name: form})


@dataclass(frozen=True)
class Sheet:
    """A register in which the subject stands or can stand, with what it holds."""

    register: Register
    entry: Entry | None
    shown: list[tuple[str, str]]
    missing: list[str]  # required fields of the newest version that the entry lacks
    url: str


def sheets(subject: Enterprise | Site) -> list[Sheet]:
    """Registers with an entry on the subject, and those of its sector that lack one."""
    entries = {
        each.register_id: each for each in subject.entries.select_related("register", "version")
    }
    fitting = selectors.registers_for(subject)
    others = [e.register for e in entries.values() if e.register not in fitting]
    return [_sheet(subject, each, entries.get(each.pk)) for each in (*fitting, *others)]


def _sheet(subject: Enterprise | Site, register: Register, entry: Entry | None) -> Sheet:
    address = reverse(f"registry:{kind_of(subject)}_entry", args=[subject.pk, register.code])
    if entry is None:
        return Sheet(register, None, [], [], address)
    newest = register.newest(timezone.localdate())
    missing = [each.label for each in newest.schema.missing(entry.values)]
    return Sheet(register, entry, entry.version.schema.shown(entry.values), missing, address)


def show(
    request: Request,
    subject: Enterprise | Site,
    *,
    status: int = 200,
    opened: tuple[int, str] | None = None,
    **typed: Any,
) -> HttpResponse:
    """The subject's page; a merged one leads on to the one that it is."""
    if subject.merged_into_id:
        messages.info(request, f"“{subject}”已并入“{subject.merged_into}”，以下是后者的登记。")
        return redirect(reverse(f"registry:{kind_of(subject)}", args=[subject.merged_into_id]))
    actor = request.actor
    edits = policies.KEEP.allows(actor) and keeps(actor, subject)
    grades = list(subject.grades.select_related("set_by"))
    context = {
        "subject": subject,
        "kind": kind_of(subject),
        "place": place(subject.area),
        "business": business(subject),
        "grade": grade(subject),
        "grades": grades,
        "sheets": sheets(subject),
        "panels": panels.of(actor, subject),
        "history": history(subject),
        "edits": edits,
        **disputes_of(actor, subject),
        **(_people_and_sites(actor, subject, opened) if isinstance(subject, Enterprise) else {}),
        **(_owner(actor, subject) if isinstance(subject, Site) else {}),
        **(_forms(grades, subject) if edits else {}),
        **typed,
    }
    return render(request, f"registry/{kind_of(subject)}.html", context, status=status)


def _people_and_sites(
    actor: Actor, enterprise: Enterprise, opened: tuple[int, str] | None
) -> dict[str, Any]:
    posts = enterprise.posts.select_related("person").order_by("valid_to", "kind", "pk")
    rows = []
    for post in posts:
        shown = opened[1] if opened and opened[0] == post.pk else ""
        rows.append((post, selectors.masked(post.person), shown))
    sites = selectors.sites(actor).filter(enterprise=enterprise)
    return {
        "posts": rows,
        "opens": policies.IDENTITY.allows(actor),
        "sites": [(s, place(s.area), business(s), grade(s)) for s in sites[:_MOST_SITES]],
        "sites_count": sites.count(),
    }


def _owner(actor: Actor, site: Site) -> dict[str, Any]:
    """The enterprise is named to all who see the site, and a link for those who see it too."""
    owner = site.enterprise
    seen = owner and Enterprise.objects.visible_to(actor).filter(pk=owner.pk).exists()
    return {"owner": owner, "owner_url": url(owner) if owner and seen else ""}


def _forms(grades: list[Any], subject: Enterprise | Site) -> dict[str, Any]:
    today = timezone.localdate()
    newest = grades[0].pk if grades else 0
    forms: dict[str, Any] = {"grade_form": GradeForm(initial={"set_on": today, "seen": newest})}
    if isinstance(subject, Enterprise):
        forms["post_form"] = PostForm(initial={"valid_from": today})
        forms["today"] = today
    return forms
