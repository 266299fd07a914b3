"""Whether words are the name of a body that can answer for a duty."""

from __future__ import annotations

import re

from anlan.notices.responsibility.lexicon import (
    BARE,
    CLAUSE_MARK,
    LEVEL,
    LEVELLED_ENDING,
    NEVER_CERTAIN,
    NOT_A_BODY,
    STRONG_ENDING,
    WEAK_ENDING,
)

LONGEST = 40
DATE = re.compile(r"\d{4}年|\d+月|\d+日|月底|年底|季度前|\d{3,}|%|％")
_NAME_CHARS = re.compile(r"^[\u4e00-\u9fff\w（）()〔〕\[\]【】［］、·\-—]+$")
# Words of time that stand among bodies without being one.
FILLER = re.compile(
    r"^(?:长期(?:坚持|推进)?|持续(?:推进|实施)?|全年|年内|立即|每[年月周日季].{0,9}|无|略|同上)$"
)
_NO_NAME = re.compile(
    r"^(?:(?:见|详见|备注|[局厅市县区镇乡处科部院校]长(?!期)|确保|加强|做好|完成|推进|推动|开展|落实|实施|组织实施|严格|督促|指导|监督|不再|并|其中|下同"
    r"|以下|以上|提升|提高|强化|健全|完善|打造|深化|优化|构建|支持|做实|抓好|抓牢|压实|整治|持续|继续"
    r"|加快|聚焦|围绕|大力|深入|全面|依托|修订|建立|制定|发挥|引导|鼓励|减免|严肃|树牢|扎实|积极|切实"
    r"|认真|贯彻|学习|成立|设立|召开|举办).{0,99}|[省市县区])$"
)


def is_name(words: str) -> bool:
    """A body by its ending, however general: 乡镇, 医疗机构, 市财政局, 国网遂宁供电公司."""
    if not 2 <= len(words) <= LONGEST or NOT_A_BODY.search(words) or not _is_name_like(words):
        return False
    return any(end.search(words) for end in (STRONG_ENDING, LEVELLED_ENDING, WEAK_ENDING))


def is_certain_name(words: str) -> bool:
    """A body that cannot be anything else, even in brackets in the middle of running text."""
    if not is_name(words) or words in BARE or NEVER_CERTAIN.search(words):
        return False
    if STRONG_ENDING.search(words):
        return len(words) > 2
    return bool(LEVEL.match(words)) and (
        len(words) > 2 or words in ("各地", "各级", "各乡", "各镇")
    )


def is_possible_name(words: str) -> bool:
    """Words in a list of bodies that may be one though their ending is unknown."""
    if is_name(words):
        return True
    return 2 <= len(words) <= 20 and _is_name_like(words) and not NOT_A_BODY.search(words)


def _is_name_like(words: str) -> bool:
    return (
        _NAME_CHARS.match(words) is not None
        and not CLAUSE_MARK.search(words)
        and not DATE.search(words)
        and not FILLER.match(words)
        and not _NO_NAME.match(words)
        and re.search(r"[\u4e00-\u9fff]", words) is not None
    )
