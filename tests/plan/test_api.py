"""The API: the same rights and the same refusals as the pages, in JSON."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.kernel.access.actor import Actor
from anlan.kernel.evidence.models import File, Use
from anlan.plan.models import Report
from tests.kernel.access.conftest import browser
from tests.shared import shared


def of(person: Actor) -> Client:
    return browser(person.user)


def test_description_names_every_operation(who: SimpleNamespace) -> None:
    description = of(who.clerk).get("/api/openapi.json").json()
    assert set(description["paths"]) == {
        "/api/plan/duties/",
        "/api/plan/duties/{pk}/",
        "/api/plan/duties/{pk}/reports/",
        "/api/plan/matrix/",
        "/api/notices/read/",
    }


@pytest.mark.parametrize(
    "address", ["/api/openapi.json", "/api/plan/duties/", "/api/plan/matrix/", "/api/notices/read/"]
)
def test_without_login_nothing_is_told(db: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 401
    assert answer.json()["code"] == "login"


def test_duties_are_those_that_the_account_sees(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    def listed(person: Actor, query: str = "") -> set[int]:
        return {each["id"] for each in of(person).get(f"/api/plan/duties/{query}").json()["items"]}

    assert listed(who.bureau_staff) == {work.bureau.pk, work.counted.pk}
    assert listed(who.east_staff) == {work.east.pk, work.town.pk}
    assert listed(who.clerk) == {
        each.pk for each in (work.bureau, work.counted, work.east, work.west, work.town)
    }
    assert listed(who.clerk, f"?area={work.west.area.code}") == {work.west.pk}
    assert listed(who.clerk, "?year=1999") == set()


def test_a_duty_outside_the_scope_does_not_exist(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    for address in ("", "reports/"):
        answer = of(who.bureau_staff).get(f"/api/plan/duties/{work.east.pk}/{address}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_report_is_made_with_its_evidence(who: SimpleNamespace, work: SimpleNamespace) -> None:
    client = of(who.bureau_staff)
    address = f"/api/plan/duties/{work.counted.pk}/reports/"
    proof = SimpleUploadedFile("纪要.txt", "会议纪要".encode())
    answer = client.post(address, {"text": "已召开四次", "value": "4", "evidence": proof})
    assert answer.status_code == 201, answer.content
    made = Report.objects.get()
    assert (made.author, made.value, made.state) == (who.bureau_staff.user, 4, "submitted")
    assert Use.objects.get().name == "纪要.txt"
    assert [each["id"] for each in client.get(address).json()] == [made.pk]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "invalid"),  # no text
        ({"text": "x", "value": "-1"}, "invalid"),
        ({"text": "x", "value": "many"}, "invalid"),
        ({"text": "x" * 5001, "value": "1"}, "invalid"),
        ({"text": " ", "value": "1"}, "text_needed"),
        ({"text": "x"}, "value_needed"),
        ({"text": "x", "value": "1", "complete": "true"}, "target_not_reached"),
        ({"text": "x", "value": "10", "complete": "true"}, "evidence_needed"),
    ],
)
def test_a_faulty_report_is_refused_by_name_and_makes_nothing(
    who: SimpleNamespace, work: SimpleNamespace, given: dict[str, str], code: str
) -> None:
    address = f"/api/plan/duties/{work.counted.pk}/reports/"
    answer = of(who.bureau_staff).post(address, given)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["message"]
    assert not Report.objects.exists()


def test_who_may_not_report_is_told_so_and_no_file_is_kept(
    who: SimpleNamespace, work: SimpleNamespace
) -> None:
    proof = SimpleUploadedFile("纪要.txt", b"x")
    answer = of(who.clerk).post(
        f"/api/plan/duties/{work.east.pk}/reports/", {"text": "x", "value": "1", "evidence": proof}
    )
    assert answer.status_code == 403
    assert not File.objects.exists()


def test_the_matrix_is_as_the_page_has_it(who: SimpleNamespace, work: SimpleNamespace) -> None:
    cells = of(who.leader).get("/api/plan/matrix/").json()
    filled = {(c["key_duty"], c["area"]): c["counts"] for c in cells if c["counts"]}
    east, west, city = work.east.area.code, work.west.area.code, work.bureau.area.code
    expected = {(1, east), (2, west), (1, city), (2, city)}
    assert set(filled) == expected
    assert all(sum(counts.values()) == 1 for counts in filled.values())  # the sub-duty aside
    assert of(who.leader).get("/api/plan/matrix/?year=1999").json() == []


def test_reading_a_notice_gives_the_public_json(who: SimpleNamespace) -> None:
    notice = shared("notices/luliang-2025-draft.txt")
    answer = _read(of(who.clerk), notice.name, notice.read_bytes())
    assert answer.status_code == 200
    assert list(answer.json())[:4] == ["title", "issuer", "year", "draft"]
    assert len(answer.json()["table"]) == 29


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.txt", b"", "empty"),
        ("小说.txt", "他站在桥上看风景，看风景的人在楼上看他。".encode() * 5, "not_a_notice"),
        ("程序.txt", b"\x7fELF\x02\x01" + bytes(500), "type_not_allowed"),
    ],
)
def test_what_is_no_notice_is_refused_in_words(
    who: SimpleNamespace, name: str, content: bytes, code: str
) -> None:
    answer = _read(of(who.clerk), name, content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["message"]
    assert not File.objects.exists()


def _read(client: Client, name: str, content: bytes):
    return client.post("/api/notices/read/", {"file": SimpleUploadedFile(name, content)})
