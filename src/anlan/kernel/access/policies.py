"""Who may open a page or an operation: declared for each, refused where nothing is declared.

    assign = Policy("plan.assign", "分派任务", (Role.SCO_STAFF, Role.SCO_CHIEF))

    @page(assign, methods=("GET", "POST"))
    def assignment(request: HttpRequest, pk: int) -> HttpResponse: ...

A policy says which roles come through the door; which rows they find behind it is the business
of ``visible_to``. :class:`~anlan.kernel.access.middleware.PolicyMiddleware` reads the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.roles import Role
from anlan.kernel.errors import Forbidden

if TYPE_CHECKING:
    from anlan.kernel.access.models import Grant

View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    EVERYBODY = "everybody"  # also without logging in
    ACCOUNTS = "accounts"  # any logged-in account, whatever its grants
    ROLES = "roles"  # accounts with a grant in force for one of the roles


@dataclass(frozen=True)
class Policy:
    """``name`` is dotted and unique (``plan.assign``), ``label`` says in Chinese what it opens."""

    name: str
    label: str
    roles: frozenset[Role] | Iterable[Role] = frozenset()
    audience: Audience = Audience.ROLES

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", frozenset(self.roles))
        if bool(self.roles) != (self.audience is Audience.ROLES):
            raise ValueError(
                f"policy {self.name}: roles belong to the audience ROLES, and only there"
            )

    def allows(self, actor: Actor) -> bool:
        """Whether the actor comes through this door; an anonymous one only through a public one."""
        if self.audience is Audience.EVERYBODY:
            return True
        if actor.is_anonymous:
            return False
        return self.audience is Audience.ACCOUNTS or actor.has_role(*self.roles)

    def grants(self, actor: Actor) -> list[Grant]:
        """The actor's grants by which he comes through: role and place are those of one of them."""
        return [each for each in actor.grants if each.role in frozenset(self.roles)]

    def require(self, actor: Actor) -> None:
        """Guard of a service: Forbidden unless the actor is allowed or is one of our own jobs."""
        if not (actor.is_system or self.allows(actor)):
            raise Forbidden


public = Policy("public", "公开", audience=Audience.EVERYBODY)
anyone = Policy("anyone", "任何已登录账号", audience=Audience.ACCOUNTS)

accounts = Policy("access.accounts", "查看账号与授权", (Role.SYSTEM, Role.SECURITY, Role.AUDITOR))
accounts_manage = Policy("access.accounts.manage", "管理账号", (Role.SYSTEM,))
grants_manage = Policy("access.grants.manage", "授予和结束授权", (Role.SECURITY,))
login_events = Policy("access.login_events", "查看登录事件", (Role.AUDITOR,))


def page(
    policy: Policy, *, methods: tuple[str, ...] = ("GET",), while_due: bool = False
) -> Callable[[View], View]:
    """Declare the policy and the methods of a view, sync or async, a function or ``as_view()``.

    ``while_due`` keeps the page open to an account that must first change its password or set up
    its second factor. Under a django-ninja decorator it declares an operation.
    """

    def declare(view: View) -> View:
        declared: Any = view
        declared.policy = policy
        declared.methods = methods
        declared.while_due = while_due
        return view

    return declare


@dataclass(frozen=True)
class Declaration:
    """What a view declares for one method. ``policy`` None: nothing, so that it is refused."""

    policy: Policy | None
    methods: tuple[str, ...] = ("GET",)
    while_due: bool = False


def declaration(view: Callable[..., Any], method: str) -> Declaration:
    """What ``view`` declares for requests by ``method``; looks into django-ninja operations."""
    operations = _operations(view)
    if operations is None:
        return Declaration(
            getattr(view, "policy", None),
            getattr(view, "methods", ()),
            getattr(view, "while_due", False),
        )
    methods = tuple(each for operation in operations for each in operation.methods)
    for operation in operations:
        if method in operation.methods:
            return Declaration(getattr(operation.view_func, "policy", None), methods)
    # No operation answers this method: any one's policy leads to the same 405.
    return Declaration(getattr(operations[0].view_func, "policy", None), methods)


def operations_of(view: Callable[..., Any]) -> list[Any]:
    """The django-ninja operations behind a view; none for a plain view."""
    return list(_operations(view) or [])


@cache
def _operations(view: Callable[..., Any]) -> tuple[Any, ...] | None:
    if getattr(view, "__module__", None) != "ninja.operation":
        return None
    from ninja.operation import PathView

    for cell in getattr(view, "__closure__", None) or ():
        if isinstance(cell.cell_contents, PathView):
            return tuple(cell.cell_contents.operations)
    return None


def is_api_root(view: Callable[..., Any]) -> bool:
    """Whether the view is the address from which django-ninja reckons; it answers 404 to all."""
    return (
        isinstance(view, partial)
        and view.func.__module__ == "ninja.openapi.views"
        and (view.func.__name__ == "default_home")
    )


def declared() -> Iterator[Policy]:
    """All policies: the instances in each installed app's ``policies`` module."""
    yield public
    yield anyone
    for config in apps.get_app_configs():
        name = f"{config.name}.policies"
        if config.name.startswith("anlan.") and find_spec(name):
            for value in vars(import_module(name)).values():
                if isinstance(value, Policy) and value not in (public, anyone):
                    yield value
