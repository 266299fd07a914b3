"""Clauses of notices of other governments that were read wrongly when they were first seen."""

from __future__ import annotations

import pytest

from anlan.notices.obligations import fill, find
from anlan.notices.readers.text import from_text
from anlan.notices.structure import build
from tests.notices.obligations.meaning import short

YEAR = 2025

MEASURED = [
    # a comparison typed as two signs
    ("改造率>=85%。", ["quota 85 % >="]),
    ("比例<=3%。", ["quota 3 % <="]),
    # units of count
    ("每个场所配备不少于2具灭火器。", ["quota 2 具 >="]),
    ("新增高清探头600路。", ["quota 600 路 >="]),
    ("储备棉被2000床、组织宣讲不少于10场次。", ["quota 2000 床 >=", "quota 10 场次 >="]),
    ("免费刻制印章4枚。", ["quota 4 枚 >="]),
    ("合规成本降低100美元以上。", ["quota 100 美元 >="]),
    # one comparison for both of a pair
    ("单班作业人数分别不得超过16人和9人。", ["quota 16 人 <=", "quota 9 人 <="]),
    ("达标率分别达到100%和90%。", ["quota 100 % >=", "quota 90 % >="]),
    # 超过 belongs to 一定规模的, not to the rate
    ("超过一定规模的危大工程论证率100%。", ["quota 100 % >="]),
    # scope, not target
    ("适用于300平方米以下、10人以下的场所。", ["condition 300 平方米 <=", "condition 10 人 <="]),
    ("50座以上客车加装率100%。", ["condition 50 座 >=", "quota 100 % >="]),
    ("总质量12吨以上货车加装率100%。", ["condition 12 吨 >=", "quota 100 % >="]),
    ("100张床位以上养老机构喷淋安装率100%。", ["condition 100 张床位 >=", "quota 100 % >="]),
    ("对超能力10%以上的煤矿一律停产整顿。", ["condition 10 % >="]),
    # target, not scope
    ("新发放贷款利率低于4.5%。", ["quota 4.5 % <"]),
    # time limits without 内
    ("一般登记3个工作日办结。", ["deadline 3 工作日 <="]),
    ("开办时间压缩至0.5个工作日。", ["quota 0.5 工作日 <="]),
    ("每项申请3个工作日内办结。", ["deadline 3 工作日 <="]),
    # fractions, what a rate rises from, a subsidy that is none
    ("高技能人才占比达到1／3。", ["quota 33.33 % >="]),
    ("预留份额由30%以上阶段性提高至40%以上。", ["quota 40 % >="]),
    ("开展补贴性培训5000人次。", ["quota 5000 人次 >="]),
    # several periods in one clause
    ("县就业办每月调度、每季通报。", ["frequency 1 次 >= month", "frequency 1 次 >= quarter"]),
    # further scopes beside a trigger, and a case with 时
    (
        "对一年内发生3起以上火灾或过火面积超过10公顷的乡镇，取消评优。",
        ["trigger 3 起 >= in=12", "condition 10 公顷 >"],
    ),
    (
        "日降雨量达到50毫米或3小时降雨量达到30毫米时，启动响应。",
        ["condition 50 毫米 >=", "condition 30 毫米 >="],
    ),
    # capacities, quarters, grades of wind
    ("对30万吨/年以下煤矿有序退出。", ["condition 30 万吨/年 <="]),
    ("120万吨/年及以上煤矿全部建成智能化工作面。", ["condition 120 万吨/年 >=", "quota all"]),
    ("对连续2个季度排名末位的进行约谈。", ["trigger 2 季度 >="]),
    ("风力超过3级不得烧除。", ["condition 3 级 >"]),
    ("连续30天无有效降雨时启动抗旱响应。", ["trigger 30 天 >="]),
    # a bare year in front of a verb, months each with their own, a period for the whole and a part
    ("2025年新建3座，改造2座。", ["quota 3 座 >= due=2025-12-31", "quota 2 座 >= due=2025-12-31"]),
    (
        "6月底前更新改造率达80%，2026年全部完成。",
        ["quota 80 % >= due=2025-06-30", "quota all due=2026-12-31"],
    ),
    ("5月、9月分别组织1次督导。", ["quota 1 次 >= due=2025-05-31", "quota 1 次 >= due=2025-09-30"]),
    ("每年演练不少于2次，其中夜间1次。", ["frequency 2 次 >= year", "frequency 1 次 >= year"]),
    ("实行月调度、季通报。", ["frequency 1 次 >= month", "frequency 1 次 >= quarter"]),
    ("用三年时间完成改造。", ["deadline 3 年 <="]),
    ("两年内实现重点企业全覆盖。", ["deadline 2 年 <=", "quota all"]),
    # whom it binds
    ("库容100万立方米以上的尾矿库安装监测。", ["condition 1000000 立方米 >="]),
    ("距离居民区不足50米的加油站限期搬迁。", ["condition 50 米 <"]),
    ("船龄超过20年的客船强制报废。", ["condition 20 年 >"]),
    ("90分以上为优秀。", ["condition 90 分 >="]),
    ("淘汰30万吨/年以下煤矿2处。", ["condition 30 万吨/年 <=", "quota 2 处 >="]),
    ("12月15日前开展年终考核。", ["deadline due=2025-12-15"]),
    ("扑火队5分钟出动。", ["deadline 5 分钟 <="]),
    ("4月：开展演练2场。", ["quota 2 场 >= due=2025-04-30"]),
    # events that pile up
    (
        "对2024年以来发生3起以上事故的路段，6月底前完成治理。",
        ["trigger 3 起 >=", "deadline due=2025-06-30"],
    ),
    ("发生事故1起扣5分。", ["trigger 1 起 >="]),
    ("对3次以上被处罚的企业列入黑名单。", ["trigger 3 次 >="]),
    ("累计2次排名末位的乡镇，取消评优。", ["trigger 2 次 >="]),
    ("瞒报1次以上的，一票否决。", ["trigger 1 次 >="]),
    ("煤矿百万吨死亡率为零。", ["quota 0 =="]),
    ("每村配备2把灭火弹。", ["quota 2 把 >="]),
    ("发生一次死亡3人以上火灾的。", ["trigger 1 次 >=", "condition 3 人 >="]),
    ("担保金额500万元以下的占比不低于80%。", ["condition 500 万元 <=", "quota 80 % >="]),
]  # fmt: skip

SILENT = [
    "死亡人数与前三年平均数同比下降。",
    "治理一处、销号一处。",
    "发现一起，查处一起。",
    "建成“雪亮工程”二期。",
    "本规定有效期2年。",
    "24小时扑灭率稳步提升。",
    "防火期（3月15日至6月15日，9月15日至11月15日）内，禁止野外用火。",
    "防火期内（3月15日至6月15日）禁止野外用火。",
    "森林防火期为每年9月15日至次年6月15日。",
    "本细则有效期至2027年12月31日。",
    "强化2025年新增的重点企业管理。",
    "细化一张风险图、一套检查清单、一本整改台账。",
]

NO_DUTY = [
    "现就有关事项通知如下。",
    "为加强管理，根据《消防法》，制定本规定。",
    "《消防管理规定》（静政发〔2015〕12号）同时废止。",
    "联系人：李四，电话：0598-5321234。",
    "经营者应当履行下列职责：",
]

SUBJECTS = [
    ("街道办事处应当每月巡查不少于2次。", "街道办事处"),
    ("县政府常务会议每年研究不少于4次。", "县政府常务会议"),
    ("区委常委会每季度至少听取1次汇报。", "区委常委会"),
    ("各单位于每月25日前报送进展。", "各单位"),
    ("县政府督查室每两个月督查一次。", "县政府督查室"),
    ("镇消安办每周至少组织2次夜查。", "镇消安办"),
    ("县就业办每周统计。", "县就业办"),
    ("旗委常委会会议每半年至少听取1次汇报。", "旗委常委会会议"),
    ("市、县两级政府全年研究不少于4次。", "市、县两级政府"),
    ("县级领导带队每季度督查1次。", "县级领导"),
    ("班子成员每月带队检查不少于2次。", "班子成员"),
    ("县安委会派出8个督导组。", "县安委会"),
    ("新建农村道路劝导站不少于10个。", None),
    ("分乡镇、分行业，逐级逐个单位贯彻落实，至少检查2次。", None),
]


@pytest.mark.parametrize(("text", "wanted"), MEASURED)
def test_meaning(text: str, wanted: list[str]) -> None:
    found = find(text, year=YEAR)
    assert [short(each) for each in found if each.kind != "duty"] == wanted


@pytest.mark.parametrize("text", SILENT)
def test_no_measure(text: str) -> None:
    assert [short(each) for each in find(text, year=YEAR) if each.kind != "duty"] == []


@pytest.mark.parametrize("text", NO_DUTY)
def test_no_duty(text: str) -> None:
    assert find(text, year=YEAR) == []


@pytest.mark.parametrize(("text", "subject"), SUBJECTS)
def test_who_is_bound(text: str, subject: str | None) -> None:
    assert [each.subject for each in find(text, year=YEAR) if each.kind != "duty"] == [subject]


def test_a_mark_before_a_date_is_no_decimal() -> None:
    found = find("1.9月底前完成挂牌2处、12月底前完成治理30公里。", year=YEAR)
    assert [short(each) for each in found] == [
        "quota 2 处 >= due=2025-09-30",
        "quota 30 公里 >= due=2025-12-31",
    ]


def test_paragraphs_end_sentences() -> None:
    found = find("政务服务\n企业开办时间压缩至3天\n时限满后公布", year=YEAR, paragraphs=True)
    assert [each.text for each in found][-1] == "时限满后公布"


HEAD = "云岭县2025年工作要点\n一、任务\n"


def _item(words: str, responsible: str = "（县应急局）") -> list[str]:
    notice = build(
        from_text(f"{HEAD}（一）{words}{responsible}\n（二）其他。抓好落实。（县水利局）")
    )
    fill(notice)
    return [short(each) for each in notice.items[0].obligations]


@pytest.mark.parametrize(
    "responsible",
    [
        "（县应急局；10月底前）",
        "（县应急局，2025年10月完成）",
        "（责任单位：县应急局；完成时限：2025年10月底）",
        "\n责任单位：县应急局\n完成时限：10月31日前",
    ],
)
def test_the_date_beside_the_units_is_the_last_day_of_every_undated_number(
    responsible: str,
) -> None:
    words = "改造危房。完成危房改造1200户以上，每月调度1次，6月底前完成500户。"
    assert _item(words, responsible) == [
        "quota 1200 户 >= due=2025-10-31",
        "frequency 1 次 >= month",
        "quota 500 户 >= due=2025-06-30",
        "deadline due=2025-10-31",
    ]


def test_a_standing_term_is_no_obligation() -> None:
    assert _item("检查。每月检查1次。", "（县应急局；长期坚持）") == ["frequency 1 次 >= month"]
    assert _item("检查。每月检查1次。", "\n责任单位：县应急局\n时限要求：持续推进") == [
        "frequency 1 次 >= month"
    ]


def test_a_number_in_a_title_binds() -> None:
    assert _item("建成消防站50个\n", "责任单位：县应急局") == ["quota 50 个 >="]
    assert _item("全面落实“三管三必须”。每月检查1次。") == ["frequency 1 次 >= month"]


def test_the_name_of_a_point_is_no_duty() -> None:
    words = "整治。\n1.压实责任。各乡镇每月检查1次。\n2.新建消防站5个。年底前投用。\n3.建立台账。"
    assert _item(words) == [
        "frequency 1 次 >= month",
        "quota 5 个 >=",
        "deadline due=2025-12-31",
        "duty",
    ]


def _rows(*rows: str) -> list[list[str]]:
    notice = build(from_text("云岭县任务分工表\n" + "\n".join(rows)))
    fill(notice)
    return [[short(each) for each in row.obligations] for row in notice.table]


def test_columns_of_a_table() -> None:
    assert _rows(
        "序号\t任务\t重点工作和要求\t责任单位\t完成时限\t完成进展",
        "1\t治理\t完成126处治理。\t县公路局\t2025年10月\t126处已完成100处",
        "2\t宣传\t覆盖率不低于95%\t县公安局\t次年2月底前\t进行中",
        "3\t检查\t每月检查1次\t县应急局\t持续推进\t",
    ) == [
        ["quota 126 处 >= due=2025-10-31", "deadline due=2025-10-31"],
        ["quota 95 % >= due=2026-02-28", "deadline due=2026-02-28"],
        ["frequency 1 次 >= month"],
    ]


def test_a_table_with_a_single_column_of_tasks() -> None:
    assert _rows(
        "序号\t工作内容\t责任部门\t时限",
        "1\t接种率达到90%以上\t县卫健局\t2025年6月底",
        "2\t发放补贴不少于2000万元，惠及企业500家以上\t县人社局\t3月底前",
    ) == [
        ["quota 90 % >= due=2025-06-30", "deadline due=2025-06-30"],
        [
            "quota 2000 万元 >= due=2025-03-31",
            "quota 500 家 >= due=2025-03-31",
            "deadline due=2025-03-31",
        ],
    ]
