"""An installation with no notice and no duties: each page says what to do first."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from anlan.kernel.access.models import User
from anlan.kernel.access.roles import Role
from tests.kernel.access.conftest import browser, user


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/matrix/", "先导入本年度的安全生产工作通知"),
        ("/notices/", "还没有导入过通知"),
        ("/inbox/", "没有等待办理的事项"),
        ("/duties/", "没有任务"),
        ("/orders/", "没有督办"),
    ],
)
def test_the_office_is_told_what_comes_first(clerk: User, path: str, words: str) -> None:
    answer = browser(clerk).get(path)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_unit_is_told_where_its_duties_will_come_from(city: SimpleNamespace) -> None:
    staff = browser(user(city, "staff", Role.UNIT_STAFF, organisation=city.bureau))
    assert "年度通知发布或上级分解下达后" in staff.get("/tasks/").content.decode()
    matrix = staff.get("/matrix/").content.decode()
    assert "市安委办导入通知、核对并发布后" in matrix
    assert "/notices/" not in matrix  # no way to where one may not go
