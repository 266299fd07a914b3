"""Demonstration accounts: made once, kept, marked, refused in earnest."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from anlan.kernel.access import demo
from anlan.kernel.access.models import Grant, User
from anlan.kernel.errors import Refused
from anlan.kernel.orgs.models import Organisation
from tests.kernel.access.conftest import HASHED, actor, browser

ROOT = Path(__file__).parents[3]


@pytest.fixture
def var(
    tmp_path: Path,
    settings: SimpleNamespace,
    city: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A data folder, and the organisations that the accounts belong to."""
    monkeypatch.delenv("ANLAN_DEMO", raising=False)
    settings.VAR = tmp_path
    for code in {code for _, code, _, _ in demo.ACCOUNTS}:
        Organisation.objects.create(
            code=code, name=code, short_name=code, kind="bureau", area=city.city, path=code
        )
    return tmp_path


def test_accounts_work_are_marked_and_hold_their_role(var: Path) -> None:
    made = demo.ensure_accounts()
    assert [each.username for each in made] == [each[0] for each in demo.ACCOUNTS]
    for account, (username, code, role, label) in zip(made, demo.ACCOUNTS, strict=True):
        user = User.objects.get(username=username)
        assert (user.is_demo, user.name, user.organisation.code) == (True, f"演示·{label}", code)
        assert [grant.role for grant in actor(user).grants] == [role]
        assert account.password not in user.password
    first = made[0]
    chrome = browser()
    chrome.post("/login/", {"username": first.username, "password": first.password})
    assert chrome.get("/account/").status_code == 200


def test_again_changes_nothing(var: Path) -> None:
    first = demo.ensure_accounts()
    rows = list(User.objects.values()), list(Grant.objects.values())
    assert demo.ensure_accounts() == first
    assert (list(User.objects.values()), list(Grant.objects.values())) == rows


def test_the_file_is_for_its_owner_only(var: Path) -> None:
    made = demo.ensure_accounts()
    path = var / "demo-accounts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {each.username: each.password for each in made}
    assert list(var.iterdir()) == [path]


def test_passwords_differ_by_installation(var: Path) -> None:
    first = demo.ensure_accounts()
    (var / "demo-accounts.json").unlink()
    second = demo.ensure_accounts()
    assert not {each.password for each in first} & {each.password for each in second}


def test_an_installation_in_earnest_has_none(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLAN_DEMO", "0")
    with pytest.raises(demo.DemoRefused):
        demo.ensure_accounts()
    assert not User.objects.exists()
    assert not list(var.iterdir())


def test_a_real_account_of_the_name_is_left_alone(
    var: Path, make_user: Callable[..., User]
) -> None:
    make_user("sco")
    with pytest.raises(demo.DemoRefused):
        demo.ensure_accounts()
    assert User.objects.get(username="sco").password == HASHED


def test_without_organisations_it_says_what_to_do(var: Path) -> None:
    Organisation.objects.filter(code="141100-energy").delete()
    with pytest.raises(Refused, match="anlan load"):
        demo.ensure_accounts()


def test_the_organisations_are_those_of_the_facts() -> None:
    listed = yaml.safe_load((ROOT / "data/luliang/organisations.yaml").read_text(encoding="utf-8"))
    known = {each["code"] for each in listed["organisations"]}
    divisions = (ROOT / "data/luliang/divisions.csv").read_text(encoding="utf-8")
    for _, code, _, _ in demo.ACCOUNTS:
        area = code.removesuffix("-government")
        assert code in known or f"\n{area}," in divisions, code
