"""How sentences are cut, who is bound in each clause, and what a measure's words are."""

from __future__ import annotations

import pytest

from anlan.notices.obligations import find
from tests.notices.obligations.meaning import measured, short

Row = tuple[str, str | None, str]

SENTENCES: list[tuple[str, list[Row]]] = [
    (
        "市安委会每季度至少召开一次会议，各专业委员会每两个月至少召开一次会议。",
        [
            ("frequency 1 次 >= quarter", "市安委会", "市安委会每季度至少召开一次会议"),
            ("frequency 1 次/2月 >=", "各专业委员会", "各专业委员会每两个月至少召开一次会议"),
        ],
    ),
    (
        "企业每年开展不少于2次、每次不少于4学时的教育。",
        [
            ("frequency 2 次 >= year", "企业", "企业每年开展不少于2次"),
            ("quota 4 学时/次 >=", "企业", "每次不少于4学时的教育"),
        ],
    ),
    (
        "从业人员300人以上的企业应当配备不少于3名专职人员。",
        [
            ("condition 300 人 >=", None, "从业人员300人以上的企业"),
            ("quota 3 名 >=", None, "应当配备不少于3名专职人员"),
        ],
    ),
    (
        "每年至少组织1次演练（高危行业领域每半年至少1次）。",
        [
            ("frequency 1 次 >= year", None, "每年至少组织1次演练"),
            ("frequency 1 次 >= half_year", None, "高危行业领域每半年至少1次"),
        ],
    ),
    (
        "对发生1起较大事故或2起一般事故的县区，由市安委会约谈。",
        [
            ("trigger 1 起 >=", "市安委会", "对发生1起较大事故"),
            ("trigger 2 起 >=", "市安委会", "2起一般事故的县区"),
            ("duty", "市安委会", "由市安委会约谈"),
        ],
    ),
    (
        "各单位要明确1名联络员，于3月5日前报市安委办。",
        [
            ("quota 1 名 >=", "各单位", "各单位要明确1名联络员"),
            ("deadline due=2025-03-05", "各单位", "于3月5日前报市安委办"),
        ],
    ),
    (
        "加强食堂消毒，每日不少于2次。",
        [("frequency 2 次/日 >=", None, "加强食堂消毒，每日不少于2次")],
    ),
    (
        "力争到2025年底，产能占比达到60%左右。",
        [("quota 60 % >= due=2025-12-31", None, "力争到2025年底，产能占比达到60%左右")],
    ),
    (
        "12月底前完成，逾期未完成的，予以通报。",
        [
            ("deadline due=2025-12-31", None, "12月底前完成"),
            ("duty", None, "逾期未完成的，予以通报"),
        ],
    ),
    (
        "从业人员超过一百人的，停产整顿。",
        [("condition 100 人 >", None, "从业人员超过一百人的"), ("duty", None, "停产整顿")],
    ),
    (
        "每个县组建1支不少于50人的救援队伍；每村至少配备1名灾害信息员。",
        [
            ("quota 1 支 >=", "每个县", "每个县组建1支不少于50人的救援队伍"),
            ("quota 50 人 >=", "每个县", "每个县组建1支不少于50人的救援队伍"),
            ("quota 1 名 >=", "每村", "每村至少配备1名灾害信息员"),
        ],
    ),
    (
        "一季度末前完成10%、年底前全部完成。",
        [
            ("quota 10 % >= due=2025-03-31", None, "一季度末前完成10%"),
            ("quota all due=2025-12-31", None, "年底前全部完成"),
        ],
    ),
]


@pytest.mark.parametrize(("sentence", "rows"), SENTENCES, ids=[row[0][:20] for row in SENTENCES])
def test_a_sentence_is_cut_into_measures(sentence: str, rows: list[Row]) -> None:
    assert [(short(each), each.subject, each.text) for each in find(sentence, year=2025)] == rows


MORE = [
    ("严禁超过核定能力110%组织生产", ["quota 110 % <="]),
    ("对储存量超过临界量50%的企业开展全覆盖检查", ["condition 50 % >", "quota all"]),
    ("高度大于100米的建筑全部安装报警系统", ["condition 100 米 >", "quota all"]),
    ("推动80%以上的规上企业完成创建", ["quota 80 % >="]),
    ("设立应急广播终端1200余套", ["quota 1200 套 >"]),
    ("连续三个月排名末位的，由市政府约谈", ["trigger 3 月 >="]),
    ("对连续2次考核排名末位的县进行约谈", ["trigger 2 次 >="]),
    ("对超过30天未整改的重大隐患，挂牌督办", ["condition 30 天 >"]),
    ("事故起数控制在3起以内，死亡人数不超过15人", ["quota 3 起 <=", "quota 15 人 <="]),
    ("每月25日前报送当月情况", ["frequency 1 次 >= month"]),
    ("上半年、下半年各组织一次演练",
     ["quota 1 次 >= due=2025-06-30", "quota 1 次 >= due=2025-12-31"]),
    ("处二万元以上十万元以下的罚款", ["quota 2..10 万元 >="]),
    ("每季度抽查比例不低于20%", ["quota 20 % >= quarter"]),
    ("占比不低于10分", ["quota 10 分 >="]),
    ("将工作方案、6月20日前将半年总结报市安委办", ["deadline due=2025-06-20"]),
    ("每年6月底和12月底前报送",
     ["deadline year due=2025-06-30", "deadline year due=2025-12-31"]),
    ("建成区面积超过20平方公里的县城至少建设1座消防站",
     ["condition 20 平方公里 >", "quota 1 座 >="]),
    ("对2000平方米以上的商业综合体进行检查", ["condition 2000 平方米 >="]),
    ("每半月调度一次", ["frequency 1 次/半月 >="]),
    ("企业安全费用提取比例不低于2%且不高于5%", ["quota 2 % >=", "quota 5 % <="]),
    ("按1:3比例配备监护人员", []),
    ("保障救援队伍24小时待命", []),
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "meaning"), MORE, ids=[row[0][:20] for row in MORE])
def test_more_wordings_of_such_notices(phrase: str, meaning: list[str]) -> None:
    assert measured(phrase + "。") == meaning


@pytest.mark.parametrize(
    "sentence",
    [
        "2023年以来，全市共发生事故35起，死亡40人。",
        "截至目前，已建成15座智能化煤矿。",
        "去年全市发生一般事故12起。",
        "活动包括观看警示片、举办展览等。",
        "本通知自印发之日起施行。",
        "各项条款由责任单位负责解释。",
        "现印发给你们。",
        "企业复工申请表；",
        "（市应急局、市能源局按职责分工负责）",
        "〔责任单位：市财政局，各县（市、区）政府；列首位的为牵头单位，下同〕",
        "",
        "。；，",
    ],
)
def test_what_only_tells_or_names_binds_nobody(sentence: str) -> None:
    assert find(sentence, year=2025) == []


def test_the_bracket_of_units_is_not_part_of_the_words() -> None:
    found = find("完成3次检查（市应急局牵头，各县〔市、区〕政府配合）。", year=2025)
    assert [each.text for each in found] == ["完成3次检查"]


def test_a_ban_without_exception_concerns_all() -> None:
    (found,) = find("未经培训的员工一律不得上岗。", year=2025)
    assert (found.kind, found.op, found.value) == ("duty", "all", None)


def test_a_subject_ends_with_its_sentence() -> None:
    found = find("县级政府要建立台账。开展排查。", year=2025)
    assert [each.subject for each in found] == ["县级政府", None]
    found = find("县级政府要建立台账；要开展排查；组织演练。", year=2025)
    assert [each.subject for each in found] == ["县级政府", "县级政府", None]
