"""Accounts to look around with, marked as demonstration ones.

Their passwords are made once per installation and kept in the data folder (``demo-accounts.json``,
readable by its owner only). An installation in earnest sets ``ANLAN_DEMO=0``.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone

from anlan.kernel.access import passwords
from anlan.kernel.access.actor import Actor, ActorSource, system
from anlan.kernel.access.models import Grant, LoginState, User
from anlan.kernel.access.roles import Role
from anlan.kernel.access.services.passwords import put
from anlan.kernel.durable import sync
from anlan.kernel.errors import Refused
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.write import Write

# username, organisation (code in data/luliang), role, label
ACCOUNTS = (
    ("sco", "141100-safety-office", Role.SCO_STAFF, "市安委办经办"),
    ("scochief", "141100-safety-office", Role.SCO_CHIEF, "市安委办负责人"),
    ("mayor", "141100-government", Role.LEADER, "市领导"),
    ("yingji", "141100-emergency", Role.UNIT_STAFF, "市应急局经办"),
    ("yingjihead", "141100-emergency", Role.UNIT_HEAD, "市应急局负责人"),
    ("nengyuan", "141100-energy", Role.UNIT_STAFF, "市能源局经办"),
    ("lishi", "141102-government", Role.UNIT_STAFF, "离石区政府经办"),
    ("lishihead", "141102-government", Role.UNIT_HEAD, "离石区政府负责人"),
    ("binhe", "141102001-government", Role.UNIT_STAFF, "滨河街道经办"),
    ("system", "141100-safety-office", Role.SYSTEM, "系统管理员"),
    ("security", "141100-safety-office", Role.SECURITY, "安全管理员"),
    ("auditor", "141100-safety-office", Role.AUDITOR, "审计员"),
)


class DemoAccount(NamedTuple):
    username: str
    password: str
    label: str


class DemoRefused(Refused):
    """This installation is in earnest, or a real account already has the name."""


def ensure_accounts() -> list[DemoAccount]:
    """Make the demonstration accounts that are missing, and return all with their passwords.

    DemoRefused where ``ANLAN_DEMO=0`` or where a real account has one of the names; Refused if
    the organisations are not loaded.
    """
    _check_allowed()
    path = Path(settings.VAR) / "demo-accounts.json"
    kept = _read(path)
    actor = system(ActorSource.COMMAND)
    accounts = []
    for username, _, _, label in ACCOUNTS:
        password = kept.setdefault(username, passwords.generate())
        accounts.append(DemoAccount(username, password, label))
    _write(path, kept)  # before the accounts: a password nobody can read would be lost
    for account, (_, code, role, _) in zip(accounts, ACCOUNTS, strict=True):
        _ensure(actor, account, code, role)
    return accounts


def _check_allowed() -> None:
    if os.environ.get("ANLAN_DEMO") == "0":
        raise DemoRefused("demo_off", "本系统已设为正式运行（ANLAN_DEMO=0），不建立演示账号。")


def account_for(organisation: Organisation) -> User:
    """Who works for the organisation in a demonstration, and heads it: an account of its own that
    nobody can log in to, made when it is first asked for. DemoRefused if the name is a real one's,
    or where ``ANLAN_DEMO=0``.
    """
    _check_allowed()
    username = f"demo-{organisation.code}".lower()
    with Write(system(ActorSource.COMMAND), "access.demo.ensure") as write:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = write.add(_user(DemoAccount(username, "", str(organisation)), organisation))
            LoginState.objects.create(user=user)
            for role in (Role.UNIT_STAFF, Role.UNIT_HEAD):
                write.add(_grant(user, role, organisation))
    if not user.is_demo:
        raise DemoRefused("demo_name", f"账号 {username} 是正式账号，不能作演示用。")
    return user


def _ensure(actor: Actor, account: DemoAccount, code: str, role: Role) -> None:
    organisation = Organisation.objects.select_related("area").filter(code=code).first()
    if organisation is None:
        raise Refused("no_organisation", f"没有单位 {code}，请先载入单位资料（anlan load）。")
    with Write(actor, "access.demo.ensure") as write:
        user = User.objects.select_for_update().filter(username=account.username).first()
        if user is None:
            user = write.add(_user(account, organisation))
        if not user.is_demo:
            raise DemoRefused("demo_name", f"账号 {account.username} 是正式账号，不能作演示用。")
        LoginState.objects.get_or_create(user=user)
        if not check_password(account.password, user.password):
            put(write, user, account.password, must_change=False)
        if not Grant.objects.in_force().filter(user=user, role=role).exists():
            write.add(_grant(user, role, organisation))


def _user(account: DemoAccount, organisation: Organisation) -> User:
    return User(
        username=account.username,
        name=f"演示·{account.label}"[:40],
        organisation=organisation,
        password=make_password(None),
        is_demo=True,
    )


def _grant(user: User, role: Role, organisation: Organisation) -> Grant:
    return Grant(
        user=user,
        role=role,
        organisation=organisation,
        area=organisation.area,
        valid_from=timezone.localdate(),
    )


def _read(path: Path) -> dict[str, str]:
    try:
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return kept


def _write(path: Path, kept: dict[str, str]) -> None:
    """Replace the file as a whole; NamedTemporaryFile makes it readable by its owner only."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        json.dump(kept, file, ensure_ascii=False, indent=1)
    sync(Path(file.name))
    Path(file.name).replace(path)
