"""What an account must do before anything else: change its password, set up its second factor."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from anlan.kernel.access import rules
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import User


@dataclass(frozen=True)
class Due:
    """A step that comes first; ``page`` names its address, ``why`` tells the person."""

    page: str
    why: str

    @property
    def url(self) -> str:
        return reverse(self.page)


FIRST = Due("access:password", "首次登录或口令被重置，请先设置自己的口令。")
TOO_OLD = Due("access:password", "口令已超过有效期，请先更换口令。")
SECOND_FACTOR = Due("access:totp", "您的角色必须启用动态口令，请先完成设置。")


def due(actor: Actor) -> Due | None:
    """What the person must do first, or None. Reads his grants."""
    roles = {grant.role for grant in actor.grants}
    if actor.user is None:
        return None
    if password := password_due(actor.user):
        return password
    required = set(getattr(settings, "TOTP_REQUIRED_ROLES", ()))
    return SECOND_FACTOR if roles & required and not actor.user.totp_salt else None


def password_due(user: User) -> Due | None:
    """Whether the password must be changed now; a demonstration's does not grow old."""
    if user.must_change_password:
        return FIRST
    if user.is_demo or user.password_changed_at is None:
        return None
    age = timezone.now() - user.password_changed_at
    return TOO_OLD if age >= rules.current().password_max_age else None
