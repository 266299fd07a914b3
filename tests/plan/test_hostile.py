"""Hostile input at every form of the plan and the intake: refused in plain Chinese or taken as
text; never an error of the program, never markup in somebody's page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from tests.kernel.access.conftest import PASSWORD, browser
from tests.plan import doors
from tests.plan.doors import DOORS, Door

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
VALUES: dict[str, str] = {
    "NUL": "甲\0乙",
    "1 MB": "长" * 350_000,
    "script": SCRIPT,
    "blank": " \u3000\n",
    "negative": "-1",
    "huge": "9" * 40,
    "beyond 64 bit": str(2**63),
    "exponent": "1e400",
    "NaN": "NaN",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "a header": "x\r\nSet-Cookie: a=b",
    "an address": "//evil.example/",
}
EXTRAS = {"back", "reason", "one", "of"}  # what pages read besides the form's own fields
EVERYWHERE = ("script", "huge", "a header", "an address")
POSTS = [door for door in DOORS if door.method == "POST"]


@pytest.fixture
def scene(city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace) -> SimpleNamespace:
    made = doors.build(city, who, work)
    made.seats = doors.seats(city, who)
    return made


class _Undo(Exception):
    pass


def _seat(door: Door) -> str:
    return sorted(seat for seat in doors.SEATS if door.expected(seat) == 302)[0]


def _post(client: Client, url: str, data: dict[str, Any], shown: list[str]) -> None:
    """Post, look at the answer and at the pages that show what was typed; undo."""
    try:
        with transaction.atomic():
            answer = client.post(url, data)
            assert answer.status_code in (200, 302, 400, 403, 404, 409, 413, 422), answer
            location = answer.headers.get("Location", "/")
            assert location[:1] == "/", location
            assert location[:2] != "//", location
            pages = [client.get(path) for path in shown]
            for page in [answer, *pages]:
                words = page.content.decode(errors="replace")
                assert "<script>alert" not in words
                assert "<img src=x" not in words
                assert page.status_code < 500
            raise _Undo
    except _Undo:
        pass


def _shown(door: Door, scene: SimpleNamespace) -> list[str]:
    """The pages that show what came through this door."""
    if door.name.startswith("plan:"):
        return [f"/duties/{scene.east2.pk}/", f"/duties/{scene.east.pk}/", "/duties/"]
    if door.name == "intake:publish" or door.name == "intake:return":
        return [f"/notices/{scene.submitted.pk}/?tab=publish"]
    tabs = ("read", "points", "units", "clauses", "publish")
    return ["/notices/", *(f"/notices/{scene.review.pk}/?tab={tab}" for tab in tabs)]


@pytest.mark.parametrize("door", POSTS, ids=str)
def test_hostile_fields(scene: SimpleNamespace, door: Door) -> None:
    """Each field alone, with the others as they should be; the addresses' own extras too."""
    client = browser(scene.seats[_seat(door)])
    shown = _shown(door, scene)
    own = door.data(scene).keys() - {"file"}
    tries = [(name, value) for name in sorted(own) for value in VALUES.values()]
    tries += [(name, VALUES[kind]) for name in EXTRAS - own for kind in ("NUL", *EVERYWHERE)]
    for name, value in tries:
        pages = shown if value == SCRIPT else []
        _post(client, door.url(scene), door.data(scene) | {name: value}, pages)


@pytest.mark.parametrize("door", POSTS, ids=str)
def test_hostile_ids_in_the_address(scene: SimpleNamespace, door: Door) -> None:
    client = browser(scene.seats[_seat(door)])
    numbers = [str(each) for each in door.args(scene) if isinstance(each, int)]
    for hostile in ("0", str(2**31), str(2**63), "9" * 40, "-1", "x", "%00"):
        for number in numbers:
            url = door.url(scene).replace(f"/{number}/", f"/{hostile}/", 1)
            try:
                with transaction.atomic():
                    assert client.post(url, door.data(scene)).status_code == 404, url
                    raise _Undo
            except _Undo:
                pass


@pytest.mark.parametrize("door", [d for d in DOORS if d.method == "GET"], ids=str)
def test_hostile_queries(scene: SimpleNamespace, door: Door) -> None:
    client = browser(scene.seats[sorted(s for s in doors.SEATS if door.expected(s) == 200)[0]])
    names = ("q", "page", "sort", "tab", "year", "area", "standing", "key_duty", "plan", "show",
             "code", "export", "state", "level", "kind", "per")  # fmt: skip
    for value in VALUES.values():
        if len(value) > 10_000:
            continue
        answer = client.get(door.url(scene), dict.fromkeys(names, value))
        assert answer.status_code < 500
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("door", POSTS, ids=str)
def test_a_form_that_is_not_ours(scene: SimpleNamespace, door: Door) -> None:
    """Without the sign that our page sent it: a Chinese page, and nothing done."""
    user = scene.seats[_seat(door)]
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    token = client.cookies["csrftoken"].value
    client.post("/login/", {"username": user.username, "password": PASSWORD},
                headers={"X-CSRFToken": token})  # fmt: skip
    answer = client.post(door.url(scene), door.data(scene))
    assert answer.status_code == 403
    assert "本次提交没有执行" in answer.content.decode()


UPLOADS = {
    "exe": ("通知.docx", b"MZ\x90\x00" + bytes(900)),
    "empty": ("通知.txt", b""),
    "60 MB": ("通知.txt", b"a" * (60 * 2**20)),
    "zip": ("通知.docx", b"PK\x03\x04" + bytes(60)),
    "encrypted or old word": ("通知.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900)),
    "half a picture": ("扫描.png", b"\x89PNG\r\n\x1a\n" + bytes(30)),
    "script as a name": (f"{SCRIPT}.txt", b""),
}


@pytest.mark.parametrize("case", UPLOADS)
@pytest.mark.parametrize("where", ["notice", "report"])
def test_bad_files_are_refused_on_the_page(
    scene: SimpleNamespace, case: str, where: str, store: Any
) -> None:
    name, content = UPLOADS[case]
    file = SimpleUploadedFile(name, content)
    before = sorted(store.rglob("*"))
    if where == "notice":
        answer = browser(scene.seats["clerk"]).post("/notices/upload/", {"file": file})
    else:
        data = {"text": "看附件", "value": "50", "evidence": file}
        answer = browser(scene.seats["east_staff"]).post(f"/duties/{scene.east2.pk}/report/", data)
        assert "看附件" in answer.content.decode()
    words = answer.content.decode()
    assert answer.status_code == 422
    assert any(each in words for each in ("请", "上限", "可用", "空"))
    assert "<script>alert" not in words
    assert sorted(each for each in store.rglob("*") if each.is_file()) == [
        each for each in before if each.is_file()
    ]
    assert scene.east2.reports.count() == 0
