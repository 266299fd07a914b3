"""What the words of measure mean, one phrase a row. The table was written before the code."""

from __future__ import annotations

import pytest

from anlan.notices.obligations import find
from tests.notices.obligations.meaning import measured

MEANINGS = [
    # --- numbers to reach
    ("至少研究解决 10 项具体问题", ["quota 10 项 >="]),
    ("组建不少于30人的应急救援队伍", ["quota 30 人 >="]),
    ("市、县至少完成一处试点项目", ["quota 1 处 >="]),
    ("乡镇（街道）、村（社区）至少建立一处应急避难场所", ["quota 1 处 >="]),
    ("建设完成 151 个乡镇应急消防管理站", ["quota 151 个 >="]),
    ("建设完成一百五十一个乡镇应急消防管理站", ["quota 151 个 >="]),
    ("每个村至少建成1处应急避难场所", ["quota 1 处 >="]),
    ("从中选取一个，至少组织开展一次示范性综合应急演练", ["quota 1 次 >="]),
    ("建设覆盖率达到100%", ["quota 100 % >="]),
    ("建设覆盖率达到百分之百", ["quota 100 % >="]),
    ("整改率达到95％以上", ["quota 95 % >="]),
    ("抽查比例不低于三分之一", ["quota 33.33 % >="]),
    ("增速不低于20%", ["quota 20 % >="]),
    ("确保贷款利率低于1.6%", ["quota 1.6 % <"]),
    ("确保整改率高于98%", ["quota 98 % >"]),
    ("降低担保费率至1%及以下", ["quota 1 % <="]),
    ("担保费率降至1%以内", ["quota 1 % <="]),
    ("将补偿比例由20%提升至40%", ["quota 40 % >="]),
    ("最高不超过500万元", ["quota 500 万元 <="]),
    ("给予不超过10万元的一次性奖补", ["quota 10 万元 <="]),
    ("最长不超过3个月", ["quota 3 月 <="]),
    ("期限不得超过半年", ["quota 0.5 年 <="]),
    ("免收1—3个月房租", ["quota 1..3 月 =="]),
    ("培训基层网格员3万人次以上", ["quota 30000 人次 >="]),
    ("检查企业不少于1,000家", ["quota 1000 家 >="]),
    ("新增改造1.5万户", ["quota 15000 户 >="]),
    ("组织一至两次联合检查", ["quota 1..2 次 >="]),
    ("打造5～8个示范点", ["quota 5..8 个 >="]),
    ("配备3名以上专职安全员", ["quota 3 名 >="]),
    ("主要负责人培训不少于24学时", ["quota 24 学时 >="]),
    ("提前30日向全体职工说明情况", ["quota 30 日 >="]),
    # --- every one, none
    ("化工园区风险等级全部达到D级", ["quota all"]),
    ("实现在线监测全覆盖", ["quota all"]),
    ("确保无分歧欠款应还尽还", ["quota all"]),
    ("推进重大隐患动态清零", ["quota 0 =="]),
    ("产品注册实行零收费", ["quota 0 =="]),
    # --- last days
    ("年底前再建成 10 座智能化煤矿", ["quota 10 座 >= due=2025-12-31"]),
    ("2025年底前，园区风险等级全部达到D级", ["quota all due=2025-12-31"]),
    ("年底前实现企业风险监测预警全覆盖", ["quota all due=2025-12-31"]),
    ("今年年底前完成验收", ["deadline due=2025-12-31"]),
    ("明年6月底前完成验收", ["deadline due=2026-06-30"]),
    ("3月底前完成普查", ["deadline due=2025-03-31"]),
    ("2月底前完成普查", ["deadline due=2025-02-28"]),
    ("2024年2月底前完成普查", ["deadline due=2024-02-29"]),
    ("6月30日前完成普查", ["deadline due=2025-06-30"]),
    ("二〇二五年六月三十日前完成普查", ["deadline due=2025-06-30"]),
    ("1月20日前报送总结", ["deadline due=2025-01-20"]),
    ("6月30日和12月20日前报送总结", ["deadline due=2025-06-30", "deadline due=2025-12-20"]),
    ("上半年完成规划编制", ["deadline due=2025-06-30"]),
    ("三季度末完成规划编制", ["deadline due=2025-09-30"]),
    ("2025年12月31日前完成销号", ["deadline due=2025-12-31"]),
    ("到2026年，建成10个示范县", ["quota 10 个 >= due=2026-12-31"]),
    ("到2027年底建成20个示范县", ["quota 20 个 >= due=2027-12-31"]),
    ("年内完成改造", ["deadline due=2025-12-31"]),
    ("11月中旬前完成检查", ["deadline due=2025-11-20"]),
    ("将征收期延长至3月底", ["deadline due=2025-03-31"]),
    ("月底前完成报送", ["deadline"]),
    ("汛期前完成除险加固", ["deadline"]),
    ("自印发之日起30日内报送方案", ["deadline 30 日 <="]),
    ("24小时内上报", ["deadline 24 小时 <="]),
    ("15个工作日内办结", ["deadline 15 工作日 <="]),
    ("3个月内完成整改", ["deadline 3 月 <="]),
    (
        "2025年底前，完成规划编制，市、县至少完成一处试点，村至少建立一处场所",
        ["deadline due=2025-12-31"] + ["quota 1 处 >= due=2025-12-31"] * 2,
    ),
    (
        "年底前实现预警全覆盖，完成系统安装应用，建成人员定位系统",
        ["quota all due=2025-12-31"] + ["deadline due=2025-12-31"] * 2,
    ),
    # --- how often
    ("每年至少解决1—2项突出问题", ["quota 1..2 项 >= year"]),
    ("每半年召开一次专题会议", ["frequency 1 次 >= half_year"]),
    ("每年至少组织一次集中警示教育培训", ["frequency 1 次 >= year"]),
    ("每季度至少研究两次安全生产工作", ["frequency 2 次 >= quarter"]),
    ("每月开展一次检查", ["frequency 1 次 >= month"]),
    ("每月一调度", ["frequency 1 次 >= month"]),
    ("每3个月开展1次会商", ["frequency 1 次 >= quarter"]),
    ("每6个月开展1次会商", ["frequency 1 次 >= half_year"]),
    ("每两年开展1次评估", ["frequency 1 次/2年 >="]),
    ("每日发布监测信息", ["frequency 1 次/日 >="]),
    ("每日2次进行体温检测", ["frequency 2 次/日 >="]),
    ("每天不少于2次", ["frequency 2 次/日 >="]),
    ("每周至少巡查一次", ["frequency 1 次/周 >="]),
    ("按月报送进展情况", ["frequency 1 次 >= month"]),
    ("演练不少于2次/年", ["frequency 2 次 >= year"]),
    ("一年不少于两次演练", ["frequency 2 次 >= year"]),
    ("全年检查企业不少于200家", ["quota 200 家 >= year"]),
    ("每人每天补助300元", ["quota 300 元/日 =="]),
    # --- what sets something off
    (
        "对发生较大及以上生产安全事故，3个月之内发生2起以上或6个月之内发生3起以上一般生产安全事故的，"
        "市安委会对属地开展专项巡查",
        ["trigger 1 起 >=", "trigger 2 起 >= in=3", "trigger 3 起 >= in=6"],
    ),
    ("一年内发生2起以上事故的，予以约谈", ["trigger 2 起 >= in=12"]),
    ("半年内累计3次被通报的，取消评优资格", ["trigger 3 次 >= in=6"]),
    ("专项整治期间，发生同类型事故的，约谈属地政府", ["trigger 1 起 >="]),
    # --- whom it binds
    ("着力解决停用时间超过3年、达到设计标高以及无主尾矿库闭库销号问题", ["condition 3 年 >"]),
    ("采深大于600m煤矿和灾害严重煤矿基本实现智能化", ["condition 600 m >"]),
    ("50人以上企业制定方案", ["condition 50 人 >="]),
    ("上年度开票销售1-2亿元企业", ["condition 1..2 亿元 >="]),
    ("上年度开票销售5000万元-1亿元企业", ["condition 5000..10000 万元 >="]),
    ("造成3人以上10人以下死亡的，由市政府组织调查", ["condition 3..10 人 >="]),
    (
        "30人（含）以下小微企业，裁员率不超过企业职工总数20%的，给予3个月的稳岗返还",
        ["condition 30 人 <=", "condition 20 % <=", "quota 3 月 =="],
    ),
    (
        "对单户担保金额500万元及以下的小微企业收取的担保费率降至1%以内",
        ["condition 500 万元 <=", "quota 1 % <="],
    ),
]


@pytest.mark.parametrize(("phrase", "meaning"), MEANINGS, ids=[row[0][:24] for row in MEANINGS])
def test_a_measure_is_read_with_its_meaning(phrase: str, meaning: list[str]) -> None:
    assert measured(phrase + "。") == meaning


NAMES = [
    "落实《关于规范检查的意见》（国办发〔2024〕54号）",
    "推动矿山“1+4+4”行动方案落地",
    "推动矿山1+4+4行动方案落地",
    "抓好“两办意见”“八条硬措施”的贯彻落实",
    "落实“三管三必须”实施细则",
    "谋划“十五五”规划",
    "做到应急救援“五到位”",
    "重大隐患治理情况实施“双报告”",
    "履行规定的 11 项职责",
    "制定2025年重点工作任务清单",
    "推进“一件事”全链条监管",
    "报道一线涌现出的先进人物",
    "作为第一议题及时学习",
    "首次开展评估",
    "落实一岗双责",
    "严格执行24小时值班制度",
    "公布12345热线",
    "进一步推动装备升级",
    "建设一批示范项目",
    "统一调拨物资",
    "推广放顶煤改一次采全高等工艺",
    "以治本攻坚三年行动为主线",
    "推动队伍素质的全面提升",
    "市县两级部门加强协作",
    "提供7×24小时服务",
    "备足75%酒精",
    "自1月1日起免征税费",
    "深入开展岁末年初专项整治",
    "确保余额不低于2019年同期余额",
    "将不可抗力事实证明分送第3号专班",
    "落实一次性补贴政策",
]


@pytest.mark.parametrize("phrase", NAMES)
def test_a_figure_in_a_name_or_a_reference_is_no_measure(phrase: str) -> None:
    assert measured(phrase + "。") == []
    assert [each.kind for each in find(phrase + "。", year=2025)] == ["duty"]


@pytest.mark.parametrize("number", ["1. ", "（1）", "（一）", "一是", "第三条"])
def test_the_number_of_an_item_is_no_measure(number: str) -> None:
    assert measured(f"{number}建立健全联动机制。") == []


def test_without_a_year_a_deadline_is_kept_without_its_day() -> None:
    assert measured("年底前完成普查。", year=None) == ["deadline"]
    assert measured("2026年底前完成普查。", year=None) == ["deadline due=2026-12-31"]
