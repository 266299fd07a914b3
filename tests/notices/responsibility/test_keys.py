"""Which names are surely, probably, or not the same body."""

from __future__ import annotations

import pytest

from anlan.notices.responsibility import key, similar

SAME = [
    ("建设与燃气安全专业委员会办公室", "建设及燃气安全专业委员会办公室"),
    ("煤矿安全专业委员会办公室", "煤矿安全生产专业委员会办公室"),
    ("煤矿安全专委会办公室", "煤矿安全专业委员会办公室"),
    ("市安委会各成员单位", "市安委会成员单位"),
    ("市安全生产委员会成员单位", "市安委会成员单位"),
    ("市安委会", "市安全生产委员会"),
    ("市安委办", "市安委会办公室"),
    ("市安委办", "市安全生产委员会办公室"),
    ("各县市区人民政府", "各县（市、区）人民政府"),
    ("各县市区人民政府", "县市区人民政府"),
    ("各县〔市、区〕政府", "各县(市、区)人民政府"),
    ("各县（市）区政府", "各县（市）、区人民政府"),
    ("市卫健委", "市卫生健康委"),
    ("市卫健委", "市卫生健康委员会"),
    ("市住建局", "市住房和城乡建设局"),
    ("省住房城乡建设厅", "省住房和城乡建设厅"),
    ("市市场监管局", "市市场监督管理局"),
    ("市发改委", "市发展和改革委员会"),
    ("市人社局", "市人力资源和社会保障局"),
    ("市工信局", "市工业和信息化局"),
    ("市应急局", "市应急管理局"),
    ("市文旅局", "市文化和旅游局"),
    ("市国资委", "市国有资产监督管理委员会"),
    ("市消防支队", "市消防救援支队"),
    ("市政府办", "市人民政府办公室"),
    ("滨江经开区", "滨江经济技术开发区"),
    ("国家金融监管总局滨江分局", "国家金融监督管理总局滨江监管分局"),
    ("人民银行滨江分行", "中国人民银行滨江分行"),
    ("市 财政局", "市财政局"),
]

PROBABLY = [
    ("市规划和自然资源局", "市自然资源和规划局"),
    ("市安委会有关成员单位", "市安委会成员单位"),
    ("滨江市财政局", "市财政局"),
    ("市消防救援支队", "消防救援支队"),
    ("市防震减灾中心", "市防灾减灾中心"),
]

DIFFERENT = [
    ("煤矿安全专业委员会办公室", "非煤矿山安全专业委员会办公室"),
    ("交通安全专业委员会办公室", "消防安全专业委员会办公室"),
    ("冶金工贸安全专业委员会办公室", "危险化学品安全专业委员会办公室"),
    ("省财政厅", "市财政局"),
    ("省水利厅", "市水利厅"),
    ("市教育局", "市体育局"),
    ("市公安局", "市公安局交警支队"),
    ("市安委会", "市安委办"),
    ("各县", "各区"),
    ("经开区管委会", "高新区管委会"),
    ("滨江市财政局", "临海市财政局"),
    ("市气象局", "市能源局"),
    ("", "市能源局"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_equal_keys(first: str, second: str) -> None:
    assert key(first) == key(second)
    assert similar(first, second)


@pytest.mark.parametrize(("first", "second"), PROBABLY)
def test_probably_the_same(first: str, second: str) -> None:
    assert key(first) != key(second)
    assert similar(first, second)
    assert similar(second, first)


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_different_bodies(first: str, second: str) -> None:
    assert key(first) != key(second)
    assert not similar(first, second)
    assert not similar(second, first)
