"""From the blocks of a source to clean lines of running text, and the tables between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from anlan.notices.document import Paragraph, Row, Source
from anlan.notices.structure.cleaning import simplify, strip_markup, unfold, widen
from anlan.notices.structure.ledger import Ledger, RepairKind
from anlan.notices.structure.marks import Rank, leading_mark
from anlan.notices.structure.signs import CLOSERS, is_complete, squeeze, unclosed
from anlan.notices.structure.text import Line

_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–－~·•]+\s*\d{1,4}\s*[-—–－~·•]+|第\s*\d{1,4}\s*页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?"
    r"|\d{1,4}\s*/\s*\d{1,4}|\d{1,3})\s*"
)
_RULE = re.compile(r"\s*[─—_＿=＝*＊★☆━-]{4,}\s*")  # the red line below a letterhead
_STRAY = re.compile(r"\s*[\u4e00-\u9fff]{0,2}[)）\]〕】]+\s*")
_DEBRIS = re.compile(
    r"首页|打印(?:本页)?|关闭(?:窗口)?|返回(?:顶部|首页)?|收藏|分享(?:到)?|最新文件|无障碍|字体[：:]?.{0,12}"
    r"|【.{0,3}字体.{0,12}】|(?:您现在的位置|当前位置|您当前的位置)[：:].{0,60}|扫一扫.{0,30}"
    r"|(?:上|下)一[篇条][：:]?.{0,60}|(?:浏览|点击)(?:次数|量|数)[：:]?\d*|责任编辑[：:].{0,20}"
    r"|(?:版权所有|网站标识码|网站地图).{0,80}|.{0,10}ICP备.{0,30}|[|｜>》›/]+|保存|分享至[：:]?|字号[：:]?.{0,8}"
    r"|(?:信息|文章|稿件)?来源[：:].{0,30}|(?:发布|更新)(?:时间|日期)[：:].{0,20}|视力保护色[：:]?|[\[［]?[大中小][\]］]?"
)
# The head of a page on a government's site: who, when, under which number it was put there.
_META = re.compile(
    r"(?:索引号|发文字号|发文机关|发布机构|成文日期|信息分类|主题分类|组配分类|公开(?:日期|范围|时限)|生成日期"
    r"|主题词|信息索取号|著录日期)[：:]"
)
_META_QUOTES = re.compile(r"(?:标题|名称|概述|内容概述|文号|文件名称)[：:](?P<words>.*)")
_META_LINES = 15
_META_QUOTED = 12  # characters by which the words of 标题： are found again in the document itself
_SIZES = re.compile(r"[【\[][大中小\s]+[】\]]")
_STAMP = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}:\d{2}(?::\d{2})?")  # only beside debris
_LONGEST_DEBRIS = 200
_REACH = 800  # characters in which an open bracket is looked for
_PAGES_OF_A_HEADER = 3


def clean_lines(source: Source, ledger: Ledger) -> list[Line | Row]:
    """The blocks in order: lines of running text without debris, and rows as they are."""
    headers = _running_headers(source.blocks) | _page_heads(source.blocks)
    found: list[Line | Row] = []
    front = True
    last = ""
    for block in source.blocks:
        if isinstance(block, Row):
            found.append(block)
            continue
        text = simplify(strip_markup(block.text, ledger), block.line, ledger)
        kind = headers.get(squeeze(text)) or _rubbish(text, last)
        if kind and text.strip():
            ledger.repair(block.line, kind, text.strip(), "")
            continue
        if not _STRAY.fullmatch(text):
            text = widen(text, block.line, ledger)
        for line in _lines(text, block, front):
            front = front and not _opens_body(line.text)
            found.append(line)
            last = line.text
    return _without_site_names(list(_without_strays(found, ledger)), ledger)


def _lines(text: str, block: Paragraph, front: bool) -> Iterator[Line]:
    for paragraph in text.split("\n"):
        hard = False
        for piece in unfold(paragraph, front=front):
            if piece.strip():
                yield Line(piece, block.line, block.page, hard)
                hard = True


def _opens_body(text: str) -> bool:
    mark = leading_mark(text)
    return mark is not None and mark.rank <= Rank.HEADING


def _rubbish(text: str, last: str) -> RepairKind | None:
    """``last`` is the line before: an open sentence may go on with 关闭, a button's name."""
    if _PAGE_NUMBER.fullmatch(text):
        return RepairKind.PAGE_NUMBER
    if _RULE.fullmatch(text):
        return RepairKind.WEB_DEBRIS
    labels = len(text.split()) > 2 and re.search("[：:]", text)
    between = not last or labels or is_complete(last) or len(last) <= _LONGEST_DEBRIS // 5
    return RepairKind.WEB_DEBRIS if between and _is_debris(text) else None


def _is_debris(text: str) -> bool:
    """Whether a line holds nothing but the buttons and notes of a web page."""
    if len(text) > _LONGEST_DEBRIS:
        return False
    pieces = _SIZES.sub(lambda found: squeeze(found[0]), text).split()
    if pieces and _DEBRIS.fullmatch(" ".join(pieces)):
        return True
    rest = [piece.strip("【】[]") for piece in pieces if not _STAMP.fullmatch(piece)]
    return bool(rest) and all(_DEBRIS.fullmatch(piece) for piece in rest)


def _page_heads(blocks: Sequence[Paragraph | Row]) -> dict[str, RepairKind]:
    """Lines such as 索引号：…, and beside them 标题：… where its words stand again below."""
    first = [squeeze(block.text) for block in blocks[:_META_LINES] if isinstance(block, Paragraph)]
    found = [line for line in first if _META.match(line)]
    if found:
        whole = "\n".join(first)
        quotes = [(line, _META_QUOTES.match(line)) for line in first]
        found += [line for line, match in quotes if match and _repeats(match["words"], whole)]
    return dict.fromkeys(found, RepairKind.WEB_DEBRIS)


def _repeats(words: str, whole: str) -> bool:
    return whole.count(words[:_META_QUOTED]) > 1


def _running_headers(blocks: Sequence[Paragraph | Row]) -> dict[str, RepairKind]:
    """Short lines that stand first or last on at least three pages."""
    counts: Counter[str] = Counter()
    for before, block, after in zip([None, *blocks], blocks, [*blocks[1:], None], strict=False):
        if not isinstance(block, Paragraph) or block.page is None or len(block.text) > 40:
            continue
        pages = {neighbour.page for neighbour in (before, after) if neighbour is not None}
        if pages != {block.page}:
            counts[squeeze(block.text)] += 1
    found = [text for text, count in counts.items() if count >= _PAGES_OF_A_HEADER and text]
    return dict.fromkeys(found, RepairKind.RUNNING_HEADER)


def _without_strays(lines: list[Line | Row], ledger: Ledger) -> Iterator[Line | Row]:
    """Drops 责） where the paragraph before is complete and has no bracket that it could close."""
    last = ""
    for line in lines:
        if isinstance(line, Row):
            yield line
            continue
        if _STRAY.fullmatch(line.text) and last and _is_whole(last):
            ledger.repair(line.number, RepairKind.STRAY_LINE, line.text.strip(), "")
            continue
        if _STRAY.fullmatch(line.text):
            line.text = widen(line.text, line.number, ledger)
        begins = leading_mark(line.text) or _is_whole(last)
        last = line.text if begins and is_complete(last) else (last + line.text)[-_REACH:]
        yield line


def _is_whole(text: str) -> bool:
    ends = is_complete(text) or text.rstrip().endswith(tuple(CLOSERS))
    return ends and unclosed(text) < 0


def _without_site_names(lines: list[Line | Row], ledger: Ledger) -> list[Line | Row]:
    """Drops a web page's head: debris that a long first line held, and all before it."""
    debris = [
        index
        for index, line in enumerate(lines[:12])
        if isinstance(line, Line) and _is_debris(line.text)
    ]
    if not debris:
        return lines
    head = lines[: debris[-1] + 1]
    if any(isinstance(line, Row) or len(line.text) > 30 for line in head):
        return lines
    for line in head:
        if isinstance(line, Line):
            ledger.repair(line.number, RepairKind.WEB_DEBRIS, line.text.strip(), "")
    return lines[len(head) :]
