"""The expressions of six notices of other governments: all counted, a third read by hand."""

from __future__ import annotations

import pytest

from anlan.notices.responsibility import parse
from tests.notices.responsibility.cases import bracketed, expected, units
from tests.shared import shared

# How many bodies each expression names, in the order of the file.
COUNTS = {
    "02": [1, 2, 7, 3, 4, 2, 7, 4, 4, 6, 2, 3, 1, 2, 2, 2, 3, 1, 1, 4, 2, 4, 2, 3, 2],
    "05": [6, 8, 3, 5, 5, 9, 3, 5, 3, 1, 1, 3, 2, 3, 3, 10, 5, 4, 4, 2],
    "11": [4, 4, 6, 4, 3, 4, 2, 1, 4, 4, 6, 2],
    "16": [7, 3, 3, 2, 3, 1, 3, 3, 1, 1, 5, 6, 3, 3, 5],
    "18": [2, 3, 5, 3, 3, 4],
    "20": [],
}

COUNTIES_18 = "各县〔市、区〕人民政府"
READ = [
    ("02", 0, "各市政府"),
    ("02", 1, "各市政府 省卫生健康委"),
    ("02", 2, "各市政府 省发展改革委 省工业和信息化厅 省财政厅 省应急厅 省卫生健康委 省营商局"),
    ("02", 4, "省财政厅 省担保集团 省农业担保公司 各市政府"),
    (
        "02",
        6,
        "省财政厅 省人力资源社会保障厅 省农业农村厅 省金融监管局 省林草局 省妇联 人民银行沈阳分行",
    ),
    ("02", 8, "省金融监管局 人民银行沈阳分行 辽宁银保监局 辽宁证监局"),
    ("02", 10, "省国资委 国家开发银行辽宁省分行"),
    ("02", 14, "省财政厅 省社保基金理事会"),
    ("02", 15, "省直项目单位 各市政府"),
    ("02", 17, "省文化和旅游厅"),
    ("02", 22, "省人力资源社会保障厅 省总工会"),
    (
        "05",
        0,
        "lead: 市经济和信息化局 | responsible: 市发展改革委 市财政局 市税务局 各县（市、区）政府 "
        "市直园区管委会",
    ),
    ("05", 3, "市金融工作局 市经济和信息化局 市财政局 人行市中心支行 遂宁银保监分局"),
    (
        "05",
        5,
        "市经济和信息化局 市发展改革委 国网遂宁供电公司 明星电力公司 明星自来水公司 遂宁水投公司 "
        "万通燃气公司 川港燃气公司 兰林自来水公司",
    ),
    (
        "05",
        7,
        "市政务服务和大数据局 市经济和信息化局 市自然资源和规划局 市卫生健康委 市市场监管局",
    ),
    ("05", 8, "遂宁海关 市财政局 市卫生健康委"),
    ("05", 17, "市卫生健康委 市交通运输局 市总工会 市农民工服务中心"),
    ("05", 18, "市政务服务和大数据局 市市场监管局 市热线中心 市税务局"),
    ("11", 0, "省工业和信息化厅 省发展改革委 省市场监管局 各设区市政府"),
    ("11", 4, "人民银行西安分行 陕西银保监局 省地方金融监管局"),
    ("11", 10, "省工业和信息化厅 省财政厅 省司法厅 省税务局 省市场监管局 各设区市政府"),
    ("11", 11, "省工业和信息化厅 各设区市政府"),
    (
        "16",
        0,
        "市工业和信息化局 市住房城乡建设局 市农业农村局 市商务局 市文化旅游和广播电视局 "
        "市卫生健康委 各县（市）区政府",
    ),
    ("16", 1, "市金融发展局 市人民银行 铁岭银保监分局"),
    ("16", 6, "市税务局 市财政局 市市场监督管理局"),
    ("16", 8, "国网铁岭供电公司"),
    ("16", 12, "市营商环境建设局 市行政审批服务中心 各县（市）区政府"),
    ("16", 13, "市委宣传部 市人力资源社会保障局 各县（市）区政府"),
    ("18", 0, f"lead: 市人社局 | assist: {COUNTIES_18}"),
    ("18", 1, f"lead: 市人社局 | assist: 市财政局 {COUNTIES_18}"),
    ("18", 2, f"lead: 市人社局 | assist: 市财政局 市卫健委 人行九江中心支行 {COUNTIES_18}"),
    ("18", 4, f"lead: 市人社局 市民政局 | assist: {COUNTIES_18}"),
    ("18", 5, f"lead: 市人社局 | assist: 市工信局 市卫健委 {COUNTIES_18}"),
]


@pytest.mark.parametrize("name", COUNTS)
def test_every_expression_is_found_with_its_number_of_bodies(name: str) -> None:
    expressions, _ = bracketed(shared(f"notices/others/{name}.txt"))
    assert [len(parse(words).units) for words in expressions] == COUNTS[name]


@pytest.mark.parametrize(("name", "place", "bodies"), READ)
def test_bodies_and_roles(name: str, place: int, bodies: str) -> None:
    words = bracketed(shared(f"notices/others/{name}.txt"))[0][place]
    assert units(parse(words)) == expected(bodies)
