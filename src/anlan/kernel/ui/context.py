"""What the shell shows on every page: two queries (the grants, the unread
count), and one for each counted entry of the navigation that the person may open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from anlan.kernel.access.actor import Actor
from anlan.kernel.orgs.models import Area, AreaLevel
from anlan.kernel.ui import marks
from anlan.kernel.ui.nav import Link, Section, sections
from anlan.kernel.ui.nav import tabs as first_entries

if TYPE_CHECKING:
    from anlan.kernel.access.models import User

CITY_KEY = "ui:city"
CITY_SECONDS = 300
NO_CITY = "安全生产委员会"  # before the organisations are loaded

ACCOUNT_DOORS = (
    ("access:account", "我的账号", "user"),
    ("access:password", "修改口令", "key"),
    ("access:deputies", "代理授权", "user-share"),
)


@dataclass(frozen=True)
class AccountLink:
    url: str
    label: str
    icon: str


class Shell:
    """Lazily what the templates ask for, so that a partial pays for nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.actor: Actor | None = getattr(request, "actor", None)

    @cached_property
    def user(self) -> User | None:
        return self.actor.user if self.actor else None

    @property
    def user_id(self) -> str:
        return str(self.user.pk) if self.user else ""

    @cached_property
    def city(self) -> str:
        """The name of the city that runs this installation."""
        name: str | None = cache.get(CITY_KEY)
        if name is None:
            name = Area.objects.filter(level=AreaLevel.CITY).values_list("name", flat=True).first()
            if name is None:
                return NO_CITY
            cache.set(CITY_KEY, name, CITY_SECONDS)
        return name

    @cached_property
    def unit(self) -> str:
        """The organisation that the actor acts for."""
        grants = self.actor.grants if self.actor and self.user else []
        return grants[0].organisation.short_name if grants else ""

    @cached_property
    def roles(self) -> str:
        grants = self.actor.grants if self.actor and self.user else []
        return "、".join(dict.fromkeys(grant.get_role_display() for grant in grants))

    @cached_property
    def principal(self) -> str:
        """Whom the actor stands in for, or nothing."""
        return str(self.actor.deputy.principal) if self.actor and self.actor.deputy else ""

    @cached_property
    def unread(self) -> int:
        from anlan.kernel.notify import selectors

        return selectors.unread_count(self.actor) if self.actor and self.user else 0

    @cached_property
    def nav(self) -> list[Section]:
        return sections(self.actor, self.request.path) if self.actor and self.user else []

    @cached_property
    def tabs(self) -> list[Link]:
        return first_entries(self.nav)

    @cached_property
    def more(self) -> bool:
        """Whether the bottom bar of a phone leaves entries out."""
        return sum(len(section.entries) for section in self.nav) > len(self.tabs)

    @property
    def marks(self) -> list[str]:
        return marks.shown(self.request)

    @property
    def watermarks(self) -> list[str]:
        return marks.watermarks(self.request)

    @property
    def account_links(self) -> list[AccountLink]:
        return [AccountLink(reverse(name), label, icon) for name, label, icon in ACCOUNT_DOORS]

    @property
    def live_url(self) -> str:
        """Where the page listens, from the place in the outbox at which it was read."""
        since = getattr(self.request, "live_since", None)
        return f"{reverse('live')}?since={since}" if self.user and since else ""

    @property
    def layout(self) -> str:
        """The frame of a page that people may meet before they log in (refusals, errors)."""
        return "ui/base.html" if self.user else "ui/plain.html"


def shell(request: HttpRequest) -> dict[str, Shell]:
    """The context processor."""
    return {"shell": Shell(request)}
