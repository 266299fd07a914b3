"""The address of one's own calendar: making it anew, ending it, and whose it is.

The token has 256 random bits; only its digest is stored. A fast digest is enough: nothing so long
can be guessed, and there is no word behind it that could be tried.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from anlan.almanac import policies
from anlan.almanac.models import Subscription
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.models import User
from anlan.kernel.errors import Unknown
from anlan.kernel.notify.services import notify
from anlan.kernel.write import Write

_BITS = 256
_NOBODY = "0" * 64  # compared with where there is no such subscription
_READ_EVERY = timedelta(minutes=10)  # how exactly the last reading is noted


def renew(*, actor: Actor) -> str:
    """A new address for the actor's own calendar: its path, shown once. The one before is dead.

    Forbidden: a job of ours, or a role that has no calendar. The owner is told.
    """
    policies.VIEW.require(actor)
    user, token, now = actor.person, secrets.token_urlsafe(_BITS // 8), timezone.now()
    with Write(actor, "almanac.subscription.renew") as write:
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)  # two at once take turns
        found = Subscription.objects.filter(user=user).first()
        if found is None:
            found = write.add(Subscription(user=user, digest=_digest(token), made_at=now))
        else:
            write.change(found, digest=_digest(token), made_at=now, ended_at=None, read_at=None)
        _tell(
            user, "日历订阅地址已生成", "以前的地址已失效。如果不是您本人生成的，请停用并修改口令。"
        )
    return reverse("almanac:feed", args=[found.pk, token])


def end(*, actor: Actor) -> None:
    """Let the actor's own address be dead. Unknown if there is none, or it is dead already."""
    user = actor.person
    with Write(actor, "almanac.subscription.end") as write:
        own = Subscription.objects.visible_to(actor).filter(ended_at=None)
        pk = own.values_list("pk", flat=True).first()
        if pk is None:
            raise Unknown("没有在用的日历订阅地址。")
        write.change(write.lock(own, pk), ended_at=timezone.now())
        _tell(user, "日历订阅地址已停用", "日历软件不再更新。需要时可以重新生成。")


def owner(*, number: int, token: str) -> User | None:
    """Whose calendar the address opens; None for a wrong, old or ended one, and for an account
    that is switched off. Takes the same time whether or not there is such a subscription."""
    found = Subscription.objects.select_related("user").filter(pk=number).first()
    same = hmac.compare_digest(found.digest if found else _NOBODY, _digest(token))
    if not (same and found and found.ended_at is None and found.user.is_active):
        return None
    user: User = found.user
    return user if policies.VIEW.allows(Actor(user=user)) else None


def note_reading(user: User) -> None:
    """Keep when the calendar was last read, to about ten minutes."""
    now = timezone.now()
    old = Q(read_at__isnull=True) | Q(read_at__lt=now - _READ_EVERY)
    Subscription.objects.filter(old, user=user).update(read_at=now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _tell(user: User, title: str, text: str) -> None:
    notify(
        users=[user],
        kind="almanac.subscription",
        title=title,
        text=text,
        link=reverse("almanac:subscription"),
    )
