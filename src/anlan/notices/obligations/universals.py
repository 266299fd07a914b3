"""Measures without a figure: 全部, 全覆盖, 应检尽检 (all) and 清零, 零伤亡 (none)."""

from __future__ import annotations

import re

ALL = re.compile(
    r"(?<!或)全部(?![或门])|(?<!未)全覆盖|应(?P<each>[^，。；])尽(?P=each)"
    r"|全面(?:完成|建成|实现|覆盖|达标|消除|落实到位|整改到位)"
    r"|(?<![平人年日月户])均(?:须|应|要|已)?(?:达到?|完成|实现|建成|建立|配备|配齐|安装|纳入|整改|有)"
    r"|所有[^，。；]{1,30}都"
)
NONE = re.compile(
    r"清零|[率数量]为零|(?<![为百千万归之分])零(?:收费|死亡|伤亡|事故|新增|发生|亡人|火灾|增长|费用|成本)"
)
WITHOUT_EXCEPTION = re.compile(r"一律")
