"""Words that name no responsible body, and how much a table's cell may leave out."""

from __future__ import annotations

import pytest

from anlan.notices.responsibility import is_expression, is_unit_list

NO_EXPRESSION = [
    # what stands in the brackets of running text
    "试行", "征求意见稿", "党组", "街道", "社区", "市、区", "区", "村", "单位", "托管", "铁",
    "点", "挂牌",
    "办公室", "工作", "房东", "创业", "深井铸造", "贷款市场报价利率", "或实际控制人",
    "此件公开发布",
    "国办发〔2024〕54号", "第1号", "2月10日—2月24日", "含", "一", "十二", "1",
    "含产业链配套企业，下同",
    "不含农产品批发市场", "医用口罩、 医用防护服、医用护目镜、消毒液等", "按1只/4h·人的标准配备",
    "突发事件应急包保责任制和防火、防汛、防地震地质灾害应急预案",
    "软件和信息技术服务、互联网和相关服务",
    "融资担保公司、小额贷款公司、典当行", "或租期顺延1—3个月", "煤矿、非煤矿山", "乡镇、街道",
    "以下简称市安委办", "市、县、乡三级", "动火、受限空间、高处作业", "一厂多租、厂中厂",
    # headings and cells of a table
    "责任单位", "牵头单位", "责任单位：", "序号", "主要内容", "落实安全责任", "提升 安全 意识",
    "部门监管责任",
    "完成时限：2025年6月底前", "2025年6月底前", "长期坚持", "备注：无", "联系人：王某某",
    # sentences that speak of bodies
    "生产经营单位主要负责人要严格履行职责，加强队伍建设，保证投入，开展培训教育",
    "各有关部门结合上级工作要求制定工作要点，开展监督检查，切实减轻企业负担",
    "谁主管谁负责", "市安委办牵头制定警示教育办法", "市公安局要督促各乡镇落实",
    "各乡镇要切实加强组织领导，认真抓好落实", "各有关部门要加强监管，市公安局负责落实",
    "国家级", "市本级", "县级市", "各加油站、充电站", "各类展会", "", " ", "（）", "、，；",
]  # fmt: skip

EXPRESSIONS = [
    "市安委会各成员单位按职责负责", "责任单位：省财政厅、省税务局", "各级各部门",
    "市教育局、各乡镇", "市应急局",
    "〔责任单位：市财政局〕", "乡镇负责", "乡镇（街道）负责", "滨江供电公司负责",
    "各镇（街道）、县直各有关单位",
    "以下各项均由各县（市、区）人民政府负责", "责任领导：王某某", "市发改、财政、人社等部门",
    "工信、住建部门牵头",
]  # fmt: skip

# In a column headed 责任单位 these are enough; in brackets in a sentence they are not.
OTHER_CELLS = [
    "序号",
    "责任单位",
    "提升安全意识",
    "试行",
    "2025年6月底前",
    "长期坚持",
    "建立监测平台",
]
ONLY_IN_A_CELL = [
    "成员单位",
    "有关部门",
    "企业",
    "乡镇、街道",
    "办公室",
    "各类企业",
    "供电公司、自来水公司",
]


@pytest.mark.parametrize("words", NO_EXPRESSION)
def test_other_words_are_no_expression(words: str) -> None:
    assert not is_expression(words)
    assert not is_expression(f"（{words}）")


@pytest.mark.parametrize("words", EXPRESSIONS)
def test_expressions_with_and_without_their_bracket(words: str) -> None:
    assert is_expression(words)
    assert is_expression(f"（{words}）")
    assert is_unit_list(words)


@pytest.mark.parametrize("words", ONLY_IN_A_CELL)
def test_general_words_count_only_in_a_cell(words: str) -> None:
    assert not is_expression(words)
    assert is_unit_list(words)
    assert is_expression(words, certain=False)


@pytest.mark.parametrize("words", OTHER_CELLS)
def test_other_cells_are_no_list_of_bodies(words: str) -> None:
    assert not is_unit_list(words)
