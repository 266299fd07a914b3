"""Labels: what is printed, where the code leads, and what renewing one does."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from anlan.kernel.audit.models import AuditRow
from anlan.kernel.errors import Forbidden, Refused, Unknown
from anlan.registry.models import Site
from anlan.registry.services.labels import token_renew
from tests.factories import happening, nothing_happens
from tests.kernel.access.conftest import browser


def test_a_label_shows_a_code_that_leads_to_the_site(
    who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    clerk = browser(who.bureau_staff.user)
    site = f"/registry/sites/{subjects.mine.pk}/"
    assert f"{site}label/" in clerk.get(site).content.decode()
    page = clerk.get(f"{site}label/")
    assert page.status_code == 200
    assert 'src="data:image/svg+xml' in page.content.decode()
    assert page.context["address"] == f"http://testserver/s/{subjects.mine.token}/"
    answer = clerk.get(f"/s/{subjects.mine.token}/")
    assert (answer.status_code, answer.url) == (302, site)


def test_a_code_leads_nowhere_for_who_does_not_see_the_site(
    who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    address = f"/s/{subjects.mine.token}/"
    assert browser(who.west_staff.user).get(address).status_code == 404
    assert browser(who.bureau_staff.user).get("/s/nothing/").status_code == 404
    stranger = Client().get(address)
    assert stranger.status_code == 302
    assert stranger.url.startswith("/login/")
    assert subjects.mine.token in stranger.url  # and after that on to the site


def test_a_merged_site_s_label_leads_to_the_one_that_it_is(
    city: SimpleNamespace, who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    own = {"kind": "mine", "sector": subjects.mine.sector, "area": city.east_town}
    into = Site.objects.create(name="另一处", regulator=city.bureau, **own)
    Site.objects.filter(pk=subjects.mine.pk).update(merged_into=into)
    clerk = browser(who.bureau_staff.user)
    answer = clerk.get(f"/s/{subjects.mine.token}/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/registry/sites/{into.pk}/"
    label = clerk.get(f"/registry/sites/{subjects.mine.pk}/label/")
    assert label.status_code == 302


def test_a_renewed_label_makes_the_old_one_void(
    who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    old = subjects.mine.token
    clerk, leader = browser(who.bureau_staff.user), browser(who.leader.user)
    address = f"/registry/sites/{subjects.mine.pk}/label/"
    with happening() as happened:
        assert clerk.post(f"{address}renew/", {"reason": "被仿造"}).url == address
    subjects.mine.refresh_from_db()
    assert subjects.mine.token != old
    assert happened.kinds() == ["site.relabelled"]
    row = AuditRow.objects.filter(table_name="registry_site").latest("pk")
    assert (row.verb, row.reason) == ("registry.site.relabel", "被仿造")
    assert row.changes["token"] == [old, subjects.mine.token]
    assert clerk.get(f"/s/{old}/").status_code == 404
    assert clerk.get(f"/s/{subjects.mine.token}/").status_code == 302
    assert "换发标签" in clerk.get(f"/registry/sites/{subjects.mine.pk}/").content.decode()
    assert f"{address}renew/" not in leader.get(address).content.decode()
    assert leader.post(f"{address}renew/", {"reason": "试"}).status_code == 403


@pytest.mark.parametrize(
    ("by", "reason", "error"),
    [
        ("bureau_staff", " ", Refused),
        ("west_staff", "试", Unknown),
        ("leader", "试", Forbidden),
    ],
)
def test_who_may_not_renew_a_label(
    who: SimpleNamespace, subjects: SimpleNamespace, by: str, reason: str, error: type[Refused]
) -> None:
    with nothing_happens(error):
        token_renew(actor=getattr(who, by), site=subjects.mine.pk, reason=reason)
