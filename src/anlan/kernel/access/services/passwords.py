"""Setting passwords: by the person himself, or by an administrator once."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from anlan.kernel.access import passwords, sessions
from anlan.kernel.access.actor import Actor
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import (
    AccountSession,
    LoginEvent,
    LoginEventKind,
    PastPassword,
    SessionEnd,
    User,
)
from anlan.kernel.access.services import attempts
from anlan.kernel.errors import Refused
from anlan.kernel.write import Write


class WeakPassword(Refused):
    """The new password breaks the rule; ``problems`` says each point."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("weak_password", "".join(problems))
        self.problems = problems


def change(
    *, actor: Actor, current: str, new: str, client: Client, session: AccountSession | None = None
) -> None:
    """Change one's own password; every other session of the account than ``session`` ends.

    WrongPassword (counted like a login) or WeakPassword otherwise.
    """
    person = actor.person
    attempts.confirm(user=person, password=current, client=client)
    with Write(actor, "access.password.change") as write:
        user = write.lock(User.objects.all(), person.pk)
        if found := passwords.problems(user, new):
            raise WeakPassword(found)
        put(write, user, new, must_change=False)
        sessions.end_all(user, SessionEnd.PASSWORD, but=session)
        LoginEvent.record(LoginEventKind.PASSWORD, user, client)


def put(write: Write, user: User, password: str, *, must_change: bool) -> None:
    """Store a password (its Argon2 hash) and remember it, inside the write of the caller."""
    hashed = make_password(password)
    write.change(
        user,
        password=hashed,
        password_changed_at=timezone.now(),
        must_change_password=must_change,
    )
    PastPassword.objects.create(user=user, password=hashed)
