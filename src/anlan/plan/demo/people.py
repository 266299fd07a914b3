"""Who acts in the demonstration: accounts that are marked as demonstration ones."""

from __future__ import annotations

import os

from anlan.kernel.access.actor import Actor, ActorSource
from anlan.kernel.access.demo import DemoRefused, account_for, ensure_accounts
from anlan.kernel.access.models import User
from anlan.kernel.orgs.models import Organisation

OFFICE, CHIEF, BUREAU = "sco", "scochief", "yingji"
COUNTY = "141102-government"  # a township of it has an account that one can log in to


def ensure() -> None:
    """Make the demonstration accounts unless those that act here are there already: to check the
    passwords of all takes seconds. DemoRefused where the installation is in earnest."""
    acting = User.objects.filter(username__in=[OFFICE, CHIEF, BUREAU], is_demo=True)
    if os.environ.get("ANLAN_DEMO") == "0" or acting.count() < 3:
        ensure_accounts()


class People:
    """Actors by account, and by the organisation that they report for; each looked up once."""

    def __init__(self) -> None:
        self._accounts: dict[str, Actor] = {}
        self._of: dict[int, Actor] = {}

    def account(self, username: str) -> Actor:
        """The actor of a demonstration account; DemoRefused for an account in earnest."""
        if username not in self._accounts:
            user = User.objects.get(username=username)
            if not user.is_demo:
                raise DemoRefused("demo_name", f"账号 {username} 是正式账号，不能作演示用。")
            self._accounts[username] = Actor(user, ActorSource.COMMAND)
        return self._accounts[username]

    def of(self, organisation: Organisation) -> Actor:
        """Who reports for the organisation and heads it: an account that nobody can log in to."""
        if organisation.pk not in self._of:
            self._of[organisation.pk] = Actor(account_for(organisation), ActorSource.COMMAND)
        return self._of[organisation.pk]
