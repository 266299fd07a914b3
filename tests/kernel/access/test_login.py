"""The login: one message and one time for every cause, counting that cannot be outrun, lock-out."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser

from anlan.kernel.access import rules
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import LoginEvent, LoginState, User
from anlan.kernel.access.pages import login as page
from anlan.kernel.access.services import accounts, attempts, login
from tests.kernel.access.conftest import PASSWORD, actor, browser, user
from tests.kernel.access.town import build

HERE = Client("10.0.0.9", "test")


def try_login(username: str, password: str, **more: object) -> int:
    answer = Browser(**more).post("/login/", {"username": username, "password": password})
    return answer.status_code


def kinds() -> list[str]:
    return list(LoginEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_right_password_opens_and_leaves_an_event(make_user: Callable[..., User]) -> None:
    zhang = make_user()
    answer = Browser().post(
        "/login/", {"username": "zhang", "password": PASSWORD, "next": "/x/?a=1"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/x/?a=1")
    event = LoginEvent.objects.get()
    assert (event.kind, event.user, event.address) == ("login", zhang, "127.0.0.1")


@pytest.mark.parametrize(
    ("_case", "username", "password"),
    [
        ("wrong password", "zhang", "wrong"),
        ("no such account", "nobody", PASSWORD),
        ("disabled account", "gone", PASSWORD),
        ("locked account", "locked", PASSWORD),
        ("case of the username matters", "ZHANG", PASSWORD),
    ],
)
def test_every_refusal_looks_the_same(
    make_user: Callable[..., User], _case: str, username: str, password: str
) -> None:
    make_user()
    make_user("gone", is_active=False)
    locked = make_user("locked")
    while attempts.reserve(locked):
        pass
    texts = []
    for given in ((username, password), ("reference", "reference")):
        answer = Browser().post("/login/", dict(zip(("username", "password"), given, strict=True)))
        assert answer.status_code == 422
        text = answer.content.decode().replace(f'value="{given[0]}"', "")
        texts.append(re.sub(r"[A-Za-z0-9]{64}", "CSRF token", text))
    assert texts[0] == texts[1]
    assert "账号或口令不正确，或账号暂不可用" in texts[0]


def test_an_unknown_account_leaves_no_name(db: None) -> None:
    try_login("my-password-typed-into-the-wrong-field", "x")
    event = LoginEvent.objects.get()
    assert (event.kind, event.user, event.detail) == ("failed", None, "账号不存在")


def test_passwords_are_kept_by_argon2() -> None:
    from anlan.config import settings

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_unknown_and_known_accounts_cost_the_same_hashing(
    make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work is the same, whatever the machine's speed: one verification of the same cost."""
    make_user()
    checked: list[str] = []

    def spy(password: str, encoded: str) -> bool:
        checked.append(encoded.split("$argon2id$")[1].split("$")[1])  # the cost: m=…,t=…,p=…
        return False

    monkeypatch.setattr(login, "check_password", spy)
    for username in ("zhang", "nobody"):
        with pytest.raises(login.WrongLogin):
            login.check(username=username, password="x", client=HERE)
    assert len(checked) == 2
    assert checked[0] == checked[1]


def test_a_refused_login_answers_no_sooner_than_the_floor(
    make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user()
    monkeypatch.setattr(page, "REFUSED_AFTER", 0.6)
    for username in ("zhang", "nobody"):
        began = time.monotonic()
        assert try_login(username, "wrong") == 422
        assert time.monotonic() - began >= 0.6


def test_lock_after_the_limit_and_its_expiry(
    make_user: Callable[..., User],
    set_rules: Callable[..., rules.Rules],
    clock: Callable[[timedelta], None],
) -> None:
    set_rules(login_max_failures=3, login_lock_minutes=30)
    zhang = make_user()
    assert [try_login("zhang", "wrong") for _ in range(3)] == [422] * 3
    assert kinds() == ["failed", "failed", "failed", "locked"]
    assert try_login("zhang", PASSWORD) == 422  # locked: the right password does not help
    clock(timedelta(minutes=29))  # real time goes on beside it: a slow machine has a minute left
    assert try_login("zhang", PASSWORD) == 422
    clock(timedelta(minutes=1))
    assert try_login("zhang", PASSWORD) == 302
    assert LoginState.objects.get(user=zhang).failures == 0


def test_after_the_lock_the_count_begins_anew(
    make_user: Callable[..., User],
    set_rules: Callable[..., rules.Rules],
    clock: Callable[[timedelta], None],
) -> None:
    set_rules(login_max_failures=3)
    zhang = make_user()
    for _ in range(3):
        try_login("zhang", "wrong")
    clock(timedelta(minutes=31))
    try_login("zhang", "wrong")
    state = LoginState.objects.get(user=zhang)
    assert (state.failures, state.is_locked) == (1, False)


def test_success_forgets_failures_before_the_limit(
    make_user: Callable[..., User], set_rules: Callable[..., rules.Rules]
) -> None:
    set_rules(login_max_failures=3)
    make_user()
    for _ in range(3):
        assert try_login("zhang", "wrong") == 422
        assert try_login("zhang", "wrong") == 422
        assert try_login("zhang", PASSWORD) == 302


def test_an_administrator_lifts_the_lock(
    make_user: Callable[..., User], set_rules: Callable[..., rules.Rules]
) -> None:
    from anlan.kernel.access.roles import Role

    set_rules(login_max_failures=1)
    zhang, root = make_user(), make_user("root", Role.SYSTEM)
    try_login("zhang", "wrong")
    accounts.unlock(actor=actor(root), pk=zhang.pk, client=HERE)
    assert try_login("zhang", PASSWORD) == 302
    event = LoginEvent.objects.get(kind="unlocked")
    assert (event.user, event.by) == (zhang, root)


def test_one_address_trying_many_accounts_is_limited(
    make_user: Callable[..., User],
    set_rules: Callable[..., rules.Rules],
    clock: Callable[[timedelta], None],
) -> None:
    set_rules(login_address_failures=3)
    make_user()
    for name in ("a", "b", "c"):
        assert try_login(name, "x", REMOTE_ADDR="10.9.9.9") == 422
    assert try_login("zhang", PASSWORD, REMOTE_ADDR="10.9.9.9") == 429
    assert try_login("zhang", PASSWORD, REMOTE_ADDR="10.9.9.9") == 429
    assert kinds().count("limited") == 1  # said once, not at every knock
    assert try_login("zhang", PASSWORD, REMOTE_ADDR="10.9.9.8") == 302
    clock(timedelta(minutes=31))
    assert try_login("zhang", PASSWORD, REMOTE_ADDR="10.9.9.9") == 302


def test_a_forged_forwarded_address_is_not_believed(
    make_user: Callable[..., User], settings: object
) -> None:
    make_user()
    forged = {"HTTP_X_FORWARDED_FOR": "1.2.3.4, 5.6.7.8"}
    try_login("zhang", "x", REMOTE_ADDR="10.9.9.9", **forged)
    settings.TRUSTED_PROXIES = ("10.9.9.9",)
    try_login("zhang", "x", REMOTE_ADDR="10.9.9.9", **forged)
    addresses = LoginEvent.objects.order_by("pk").values_list("address", flat=True)
    assert list(addresses) == ["10.9.9.9", "5.6.7.8"]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "\thttps://evil.example/",
        "///evil.example",
        "http:evil.example",
        "evil.example",
    ],
)
def test_next_never_leads_to_another_host(make_user: Callable[..., User], target: str) -> None:
    make_user()
    given = {"username": "zhang", "password": PASSWORD, "next": target}
    assert Browser().post("/login/", given)["Location"] == "/"


def test_logged_in_visitors_are_sent_on_locally(make_user: Callable[..., User]) -> None:
    answer = browser(make_user()).get("/login/?next=https://evil.example/")
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("typed", ["", "a\x00b", "长" * 41, " "])
def test_bad_input_is_told_and_kept(db: None, typed: str) -> None:
    answer = Browser().post("/login/", {"username": typed, "password": "p"})
    assert answer.status_code == 422
    assert "p" not in answer.context["form"]["password"].as_widget().split("value")[1:]


def test_the_password_never_comes_back(make_user: Callable[..., User]) -> None:
    make_user()
    secret = "Typed-Secret-77"
    answer = Browser().post("/login/", {"username": "zhang", "password": secret})
    assert "zhang" in answer.content.decode()
    assert secret not in answer.content.decode()


def test_login_needs_our_own_form(make_user: Callable[..., User]) -> None:
    make_user()
    strict = Browser(enforce_csrf_checks=True)
    answer = strict.post("/login/", {"username": "zhang", "password": PASSWORD})
    assert answer.status_code == 403
    assert not LoginEvent.objects.exists()


def in_threads(number: int, act: Callable[[], object]) -> list[object]:
    """What ``number`` threads that start at one moment return or raise."""
    barrier, results = threading.Barrier(number), []

    def run() -> None:
        barrier.wait()
        try:
            results.append(act())
        except Exception as error:
            results.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_wrong_logins_at_once_count_both(committed_db: None) -> None:
    zhang = user(build(), "zhang")
    results = in_threads(2, lambda: login.check(username="zhang", password="wrong", client=HERE))
    assert results == [login.WrongLogin] * 2
    assert LoginState.objects.get(user=zhang).failures == 2
    assert kinds() == ["failed", "failed"]


def test_no_guess_beyond_the_limit_is_even_compared(
    committed_db: None, set_rules: Callable[..., rules.Rules], monkeypatch: pytest.MonkeyPatch
) -> None:
    zhang = user(build(), "zhang")
    set_rules(login_max_failures=3)
    compared: list[str] = []
    monkeypatch.setattr(
        login, "check_password", lambda given, encoded: compared.append(encoded) or False
    )
    in_threads(8, lambda: login.check(username="zhang", password="guess", client=HERE))
    assert compared.count(zhang.password) == 3
    assert LoginState.objects.get(user=zhang).is_locked
