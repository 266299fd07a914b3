"""The second factor: proved before it is on, each code once, recovery codes, limits."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace

import pyotp
import pytest
from django.db import connection
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.access import rules, totp
from anlan.kernel.access.client import Client
from anlan.kernel.access.models import LoginEvent, LoginState, RecoveryCode, User
from anlan.kernel.access.roles import Role
from anlan.kernel.access.services import accounts, attempts, factor
from anlan.kernel.errors import Forbidden, Refused, WrongState
from tests.kernel.access.conftest import PASSWORD, actor, browser, user
from tests.kernel.access.test_login import in_threads
from tests.kernel.access.town import build

HERE = Client("10.0.0.9", "test")
MOMENT = 1_750_000_000.0  # any; a multiple of ten, so not on the edge of a step


def code_at(holder: User, moment: float) -> str:
    return pyotp.TOTP(totp.secret(holder, holder.totp_salt)).at(int(moment))


def with_factor(make_user: Callable[..., User], username: str = "zhang", *roles: Role) -> User:
    return make_user(username, *roles, totp_salt=totp.new_salt())


def second(chrome: Browser, code: str) -> int:
    return chrome.post("/login/second/", {"code": code}).status_code


def password_only(holder: User) -> Browser:
    chrome = Browser()
    answer = chrome.post(
        "/login/", {"username": holder.username, "password": PASSWORD, "next": "/x/"}
    )
    assert answer["Location"] == "/login/second/"
    return chrome


def test_password_alone_opens_nothing(make_user: Callable[..., User]) -> None:
    chrome = password_only(with_factor(make_user))
    assert chrome.get("/account/").status_code == 302
    assert not LoginEvent.objects.filter(kind="login").exists()


def test_password_and_code_open(make_user: Callable[..., User]) -> None:
    zhang = with_factor(make_user)
    chrome = password_only(zhang)
    answer = chrome.post("/login/second/", {"code": code_at(zhang, time.time())})
    assert answer["Location"] == "/x/"
    assert chrome.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("_case", "steps", "accepted"),
    [("now", 0, True), ("one late", -1, True), ("one early", 1, True),
     ("two late", -2, False), ("two early", 2, False)],
)  # fmt: skip
def test_window(make_user: Callable[..., User], _case: str, steps: int, accepted: bool) -> None:
    zhang = with_factor(make_user)
    code = code_at(zhang, MOMENT + steps * totp.STEP)
    assert factor.accept(user=zhang, code=code, client=HERE, at=MOMENT) is accepted


def test_a_code_works_once(make_user: Callable[..., User]) -> None:
    zhang = with_factor(make_user)
    code = code_at(zhang, MOMENT)
    assert factor.accept(user=zhang, code=code, client=HERE, at=MOMENT)
    assert not factor.accept(user=zhang, code=code, client=HERE, at=MOMENT)
    assert not factor.accept(user=zhang, code=code, client=HERE, at=MOMENT + totp.STEP)
    earlier = code_at(zhang, MOMENT - totp.STEP)  # an older one seen over a shoulder
    assert not factor.accept(user=zhang, code=earlier, client=HERE, at=MOMENT)
    later = code_at(zhang, MOMENT + totp.STEP)
    assert factor.accept(user=zhang, code=later, client=HERE, at=MOMENT + totp.STEP)


def test_a_code_offered_twice_at_once_works_once(committed_db: None) -> None:
    zhang = user(build(), "zhang", totp_salt=totp.new_salt())
    code = code_at(zhang, MOMENT)
    results = in_threads(2, lambda: factor.accept(user=zhang, code=code, client=HERE, at=MOMENT))
    assert sorted(results) == [False, True]


def test_wrong_codes_lock_the_account_and_the_password_does_not_reset_them(
    make_user: Callable[..., User], set_rules: Callable[..., rules.Rules]
) -> None:
    set_rules(login_max_failures=3)
    zhang = with_factor(make_user)
    for _ in range(3):
        assert second(password_only(zhang), "000000") == 422
    assert LoginState.objects.get(user=zhang).is_locked
    kinds = list(LoginEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["second_failed"] * 3 + ["locked"]
    assert Browser().post("/login/", {"username": "zhang", "password": PASSWORD}).status_code == 422


def test_the_code_page_is_gone_after_five_minutes(
    make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    zhang = with_factor(make_user)
    chrome = password_only(zhang)
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    answer = chrome.post("/login/second/", {"code": code_at(zhang, later)})
    assert answer["Location"] == "/login/"
    assert not LoginEvent.objects.filter(kind="login").exists()


def test_a_changed_password_voids_the_half_login(make_user: Callable[..., User]) -> None:
    zhang = with_factor(make_user)
    chrome = password_only(zhang)
    User.objects.filter(pk=zhang.pk).update(password="changed meanwhile")
    answer = chrome.post("/login/second/", {"code": code_at(zhang, time.time())})
    assert answer["Location"] == "/login/"


def test_setting_up_needs_a_right_code_and_shows_the_recovery_codes_once(
    make_user: Callable[..., User],
) -> None:
    zhang = make_user()
    chrome = browser(zhang)
    page = chrome.get("/account/totp/")
    assert "data:image/svg+xml" in page.context["picture"]
    assert chrome.post("/account/totp/", {"code": "000000"}).status_code == 422
    assert not User.objects.get().totp_salt
    secret = page.context["key"].replace(" ", "")
    shown = chrome.post("/account/totp/", {"code": pyotp.TOTP(secret).now()})
    codes = shown.context["codes"]
    assert len(set(codes)) == factor.RECOVERY_CODES
    assert codes[0] not in chrome.get("/account/totp/").content.decode()
    assert LoginEvent.objects.filter(kind="totp_on", user=zhang).count() == 1


def test_the_setup_code_cannot_be_replayed_at_the_login(make_user: Callable[..., User]) -> None:
    zhang = make_user()
    salt = totp.new_salt()
    code = pyotp.TOTP(totp.secret(zhang, salt)).now()
    factor.enable(actor=actor(zhang), salt=salt, code=code, client=HERE)
    assert not factor.accept(user=actor(zhang).person, code=code, client=HERE)


def test_the_database_holds_neither_secret_nor_recovery_codes(
    make_user: Callable[..., User],
) -> None:
    zhang = make_user()
    salt = totp.new_salt()
    secret = totp.secret(zhang, salt)
    code = pyotp.TOTP(secret).now()
    codes = factor.enable(actor=actor(zhang), salt=salt, code=code, client=HERE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(r, '') FROM (SELECT u::text AS r FROM access_user u"
            " UNION ALL SELECT c::text FROM access_recoverycode c"
            " UNION ALL SELECT a::text FROM audit_auditrow a) AS everything"
        )
        (everything,) = cursor.fetchone()
    assert salt in everything  # the search finds what is there
    for hidden in (secret, codes[0], codes[0].replace("-", "")):
        assert hidden not in everything


def test_secrets_differ_by_account_salt_and_installation(
    make_user: Callable[..., User], settings: SimpleNamespace
) -> None:
    zhang, li = make_user("zhang"), make_user("li")
    found = {totp.secret(zhang, "a"), totp.secret(zhang, "b"), totp.secret(li, "a")}
    settings.SECRET_KEY = "another installation"
    found.add(totp.secret(zhang, "a"))
    assert len(found) == 4


def test_a_recovery_code_works_once_however_it_is_typed(make_user: Callable[..., User]) -> None:
    zhang = make_user()
    salt = totp.new_salt()
    code = pyotp.TOTP(totp.secret(zhang, salt)).now()
    codes = factor.enable(actor=actor(zhang), salt=salt, code=code, client=HERE)
    zhang.refresh_from_db()
    typed = f" {codes[3].lower().replace('-', ' ')} "
    assert second(password_only(zhang), typed) == 302
    assert second(password_only(zhang), typed) == 422
    assert RecoveryCode.objects.filter(used_at=None).count() == factor.RECOVERY_CODES - 1
    assert LoginEvent.objects.get(kind="recovery").detail == "剩余 9 个"


def test_another_account_s_recovery_code_is_worth_nothing(make_user: Callable[..., User]) -> None:
    zhang, li = with_factor(make_user, "zhang"), with_factor(make_user, "li")
    RecoveryCode.objects.create(user=li, digest=totp.digest(li, "AAAAABBBBB"))
    assert not factor.accept(user=zhang, code="AAAAABBBBB", client=HERE)
    assert factor.accept(user=li, code="AAAAABBBBB", client=HERE)


def test_switching_off_asks_for_the_password(make_user: Callable[..., User]) -> None:
    zhang = with_factor(make_user)
    RecoveryCode.objects.create(user=zhang, digest="x")
    with pytest.raises(attempts.WrongPassword):
        factor.disable(actor=actor(zhang), password="wrong", client=HERE)
    assert actor(zhang).person.totp_salt
    factor.disable(actor=actor(zhang), password=PASSWORD, client=HERE)
    assert not actor(zhang).person.totp_salt
    assert not RecoveryCode.objects.exists()


def test_switching_on_twice_is_a_wrong_state(make_user: Callable[..., User]) -> None:
    zhang = with_factor(make_user)
    code = pyotp.TOTP(totp.secret(zhang, "new")).now()
    with pytest.raises(WrongState):
        factor.enable(actor=actor(zhang), salt="new", code=code, client=HERE)
    with pytest.raises(Refused):
        factor.enable(actor=actor(zhang), salt="new", code="000000", client=HERE)


def test_an_administrator_removes_a_lost_factor_but_not_another_administrator_s(
    make_user: Callable[..., User],
) -> None:
    zhang, guard = with_factor(make_user), with_factor(make_user, "guard", Role.SECURITY)
    root = actor(make_user("root", Role.SYSTEM))
    accounts.remove_factor(actor=root, pk=zhang.pk, client=HERE, reason="手机丢失")
    assert not actor(zhang).person.totp_salt
    with pytest.raises(Forbidden):
        accounts.remove_factor(actor=root, pk=guard.pk, client=HERE, reason="手机丢失")
    assert actor(guard).person.totp_salt


def test_a_role_may_require_the_second_factor(
    make_user: Callable[..., User], settings: SimpleNamespace
) -> None:
    settings.TOTP_REQUIRED_ROLES = ("security",)
    staff, guard = browser(make_user("a", Role.UNIT_STAFF)), browser(make_user("b", Role.SECURITY))
    assert staff.get("/account/").status_code == 200
    assert guard.get("/account/")["Location"] == "/account/totp/"
    assert guard.get("/account/totp/").status_code == 200
    assert guard.post("/logout/").status_code == 302


@given(st.text(max_size=30))
def test_no_text_makes_the_check_fail_otherwise_than_by_refusing(text: str) -> None:
    nobody = User(pk=1, username="x")
    assert totp.step_of(nobody, "salt", text, at=MOMENT) in (None, *_around(nobody, text))


def _around(holder: User, text: str) -> list[int]:
    """The steps at which ``text`` happens to be the right code (one in a third of a million)."""
    generator = pyotp.TOTP(totp.secret(holder, "salt"))
    now = int(MOMENT // totp.STEP)
    return [s for s in range(now - 1, now + 2) if generator.generate_otp(s) == totp.tidy(text)]
