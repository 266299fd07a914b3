"""Which words bind without a measure.

A sentence of this genre is imperative with no subject, so a stretch up to 。 or ； is a duty unless
it only declares. It declares when it says what something is or comprises (是…之年, 包括…等, 分为,
所指…为, 下同), who may explain the text and from when it is in force, that it is printed and sent,
or when it is the name of a paper (复工申请表) or of a few characters; a modal (要, 应, 须, 必须,
不得, 严禁) always binds. Words left over beside a measure are a duty of their own only if they hold
a modal or a verb of doing and are more than a circumstance of the measured clause (按照…, 结合…,
围绕…).
"""

from __future__ import annotations

import re

from anlan.notices.obligations.subjects import VERBS

_MODAL = re.compile(
    r"(?<![主重必需])要(?![害求素点件])|应当|应(?![急对用届征])|必须|须|不得|不能|严禁|禁止|一律|务必"
)
_VERB = re.compile(
    rf"(?:{VERBS}|予以|加强|增强|推行|畅通|厘清|理顺|压实|汇报|追责|问责|杜绝|遏制|筑牢|支撑|帮助|扩大|服务)"
)
_DECLARES = re.compile(
    r"包括|分为|主要围绕|是指|所称|所指|下同|之年|负责解释|起施行|起实施|有效期|现印发|制定如下|通告如下"
    r"|遵照执行|通知如下|制定本|(?:如下|下列|以下)[\u4e00-\u9fff]{0,4}$|从其规定|同时废止|另行通知|具体目录|此件|讨论通过|同意|政策执行期"
)
_CIRCUMSTANCE = re.compile(
    r"^(?:[^，]{0,30}(?:结合|按照|根据|围绕|聚焦|坚持|依托|针对|依据|立足|以[^，]{1,20}为)|从|在|对|为|因|通过)"
)
_DRAWN_UP = rf"(?:{VERBS}|签订|印发|填报|提交|填写)(?!方案|细则|意见)"  # 公布…名单 is a duty
_PAPER = re.compile(rf"(?!{_DRAWN_UP})[^，、]{{2,16}}(?:表|书|册|方案|名单|目录|材料)$")
_REPORTS = re.compile(
    r"^(?:(?!对)[^，]{0,12}以来|截至目前|目前|去年|近年来)|共(?:发生|造成)"
    r"|已(?:累计)?(?:建成|完成|实现|达到)\d"
)
_AIMS = re.compile(r"确保|力争|要|应当|必须|不得|争取|至少|不少于")
_SHORTEST = 4
# 特种设备方面 names the sector of what follows; 履行下列职责： announces a list that binds itself
_HEADS = re.compile(
    r"^[^，]{2,20}后$|^[^，]{2,24}方面$|电话[：:]|^联系人$|^[^，]{0,40}(?:下列|以下)[\u4e00-\u9fff]{0,6}$"
)


def reports(stretch: str) -> bool:
    """Whether a stretch tells what was (去年发生12起, 已建成15座): its figures bind nobody."""
    return bool(_REPORTS.search(stretch)) and not _AIMS.search(stretch)


def binds(clause: str) -> bool:
    """Whether a clause holds more than a declaration."""
    return bool(_MODAL.search(clause)) or not _DECLARES.search(clause)


def _characters(words: str) -> int:
    """How many Chinese characters the words have."""
    return sum("\u4e00" <= char <= "\u9fff" for char in words)


def is_duty(stretch: str) -> bool:
    """Whether a stretch without a measure binds."""
    if _characters(stretch) < _SHORTEST or _HEADS.search(stretch):
        return False
    if _MODAL.search(stretch):
        return True
    return not _DECLARES.search(stretch) and not _PAPER.match(stretch)


def is_duty_beside(words: str) -> bool:
    """Whether the words beside a measured clause are a duty of their own."""
    if _MODAL.search(words):
        return is_duty(words)
    circumstance = _CIRCUMSTANCE.match(words) and "，" not in words
    return is_duty(words) and bool(_VERB.search(words)) and not circumstance
