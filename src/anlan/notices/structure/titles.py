"""How the title of a document of this genre looks."""

from __future__ import annotations

import re

from anlan.notices.structure.signs import DRAFT_END, TITLE_ENDING, squeeze

LONGEST = 120  # characters of a title, over all its lines
SENTENCE = re.compile(r"[。；]|[：:]$")
_OWN = re.compile(
    rf"(?:关于|關於|印发|转发|批转|下达).*{TITLE_ENDING}(?:[（(][^（()）]{{1,12}}[）)])?$"
)
_NAMED = re.compile(
    rf"(?=.*(?:20\d\d|二[〇○零][\u4e00-\u9fff〇○]{{2}}|实施|行动|工作|责任|整治|若干|安全|管理|重点)"
    r"|[\u4e00-\u9fff]{2,9}[省市县区旗州盟镇乡])"
    rf"[^，、]{{0,3}}.{{4,60}}{TITLE_ENDING}"
    r"(?:[（(][^（()）]{1,12}[）)])?$"
)


def looks_like_title(words: str) -> bool:
    """Whether words are the title of a document of this genre."""
    bare = squeeze(DRAFT_END.sub("", words.strip()))
    return (
        len(bare) <= LONGEST
        and not SENTENCE.search(bare)
        and bool(_OWN.search(bare) or _NAMED.match(bare))
    )
