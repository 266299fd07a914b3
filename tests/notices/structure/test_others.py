"""Six notices of other governments: numbering, responsibility, head and tail of each."""

from __future__ import annotations

import pytest

from anlan.notices.document import Notice
from anlan.notices.readers import read_source
from anlan.notices.structure import build
from tests.shared import shared

# chapters' numbers of items, items that name units, title begins, issuer, year, closing begins
EXPECTED = {
    "02": ([3, 8, 7, 3, 4], 25, "关于印发辽宁省应对", None, 2020, "本政策措施所指"),
    "05": ([7, 4, 4, 5], 20, "印发《关于进一步", "遂宁市人民政府办公室", 2020, "本通知自印发"),
    "11": ([1] * 12, 12, "关于印发应对新冠", "陕西省人民政府办公厅", 2020, "以上政策自"),
    "16": ([1, 2, 2, 5, 5], 15, "关于印发铁岭市应对", "铁岭市人民政府", 2020, "本政策措施的"),
    "18": ([1], 0, "关于做好疫情防控期间", "九江市人民政府办公室", None, ""),
    "20": ([3, 7, 6, 6, 4], 0, "海陵区关于疫情", "泰州市海陵区应对", 2020, "泰州市海陵区"),
}


def _notice(name: str) -> Notice:
    return build(read_source(shared(f"notices/others/{name}.txt")))


@pytest.mark.parametrize("name", EXPECTED)
def test_structure(name: str) -> None:
    counts, owned, title, issuer, year, closing = EXPECTED[name]
    notice = _notice(name)
    assert [len(chapter.items) for chapter in notice.chapters] == counts
    assert sum(bool(item.responsible.text) for item in notice.items) == owned
    assert (notice.title or "").startswith(title)
    assert (notice.issuer or "").startswith(issuer or "")
    assert (notice.issuer is None) == (issuer is None)
    assert notice.year == year
    assert notice.closing.startswith(closing)


@pytest.mark.parametrize("name", ["02", "05", "16"])
def test_items_run_on_across_chapters_each_with_a_title(name: str) -> None:
    items = _notice(name).items
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert all(item.title and item.text and not item.parts for item in items)


def test_items_that_restart_and_items_of_two_kinds() -> None:
    chapters = _notice("20").chapters
    assert [item.number for item in chapters[1].items] == [1, 2, 3, 4, 5, 6, 7]
    assert [item.title for item in chapters[0].items] == ["工业企业", "服务业企业", "建筑业企业"]
    assert chapters[0].items[0].text.startswith("1. 规上工业企业")
    assert {item.title for item in chapters[3].items} == {None}
    assert chapters[3].items[0].text == "企业复工申请表；"


def test_chapters_without_items_hold_one_without_number() -> None:
    notice = _notice("11")
    assert {(item.number, item.title) for item in notice.items} == {(None, None)}
    assert notice.chapters[0].title == "有序推动复工复产"
    assert notice.items[0].text.startswith("指导企业")


def test_each_sentence_with_a_bracket_is_a_part() -> None:
    (item,) = _notice("18").items
    assert len(item.parts) == 6
    assert item.parts[0].responsible.text == "市人社局牵头，各县〔市、区〕人民政府配合"
    assert item.parts[0].text.endswith("就地就近就业。")
    assert (item.text, item.parts[0].sector) == ("", None)


def test_rules_in_a_bracket_of_another_shape_stay_with_it() -> None:
    assert _notice("05").items[0].responsible.text.endswith("不再单独列出")


def test_a_doubled_title_of_a_web_page_is_removed_and_reported() -> None:
    assert [repair.kind for repair in _notice("05").repairs] == ["repeated_title"] * 2
    kinds = [repair.kind for repair in _notice("16").repairs]
    assert [kind for kind in kinds if kind != "traditional"] == ["repeated_title"]
    assert [repair.kind for repair in _notice("02").repairs] == ["web_debris"] * 2
