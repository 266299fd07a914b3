"""The three administrators of an installation: made at the start, and reset when locked out.

Only whoever runs commands on the machine can do this; it is recorded like every other write.
"""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from anlan.kernel.access.actor import Actor, ActorSource, system
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import User
from anlan.kernel.access.roles import ADMINISTRATORS, Role
from anlan.kernel.access.services import accounts, grants
from anlan.kernel.errors import Refused
from anlan.kernel.orgs.models import Organisation

HERE = Client(agent="administrator")


class Command(BaseCommand):
    help = "建立系统管理员、安全管理员、审计员（由三个不同的人担任），或重置其口令。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="建立管理员账号并授权")
        create.add_argument("role", choices=[role.value for role in ADMINISTRATORS])
        create.add_argument("username", help="账号")
        create.add_argument("--name", required=True, help="姓名")
        create.add_argument("--organisation", required=True, help="单位代码")
        reset = verbs.add_parser("reset", help="重置管理员的口令，并停用其动态口令")
        reset.add_argument("username", help="账号")
        reset.add_argument("--reason", required=True, help="依据")

    def handle(self, *args: Any, **options: Any) -> None:
        act = {"create": create, "reset": reset}[options["verb"]]
        try:
            user, password = act(system(ActorSource.COMMAND), options)
        except Refused as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        self.stdout.write(f"账号：{user.username}\n一次性口令（首次登录须更换）：{password}")


def create(actor: Actor, options: dict[str, Any]) -> tuple[User, str]:
    """Make the account and give it the role; both or neither."""
    organisation = Organisation.objects.filter(code=options["organisation"]).first()
    if organisation is None:
        raise Refused("organisation", f"没有代码为“{options['organisation']}”的单位。")
    with transaction.atomic():
        user, password = accounts.create(
            actor=actor,
            username=options["username"],
            name=options["name"],
            organisation=organisation,
        )
        grants.give(
            actor=actor,
            user_id=user.pk,
            role=Role(options["role"]),
            organisation=organisation,
            reason="administrator create",
        )
    return user, password


def reset(actor: Actor, options: dict[str, Any]) -> tuple[User, str]:
    """A one-time password for a locked-out administrator; the second factor goes too."""
    user = User.objects.filter(username=options["username"]).first()
    if user is None:
        raise Refused("username", f"没有账号“{options['username']}”。")
    reason = options["reason"]
    with transaction.atomic():
        if user.totp_salt:
            accounts.remove_factor(actor=actor, pk=user.pk, client=HERE, reason=reason)
        return accounts.reset_password(actor=actor, pk=user.pk, client=HERE, reason=reason)
