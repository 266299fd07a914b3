"""Differences between two texts: clause by clause first, then characters inside changed clauses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from anlan.notices.differences.figures import figures
from anlan.notices.document import Difference
from anlan.notices.kinds import DifferenceKind

_SPACE = re.compile(r"\s+")
_CLAUSE = re.compile(r"[^，。；：！？]*[，。；：！？]+[”’）》]*|[^，。；：！？]+")
_MARKS = "，。；：！？、“”‘’（）《》〈〉【】[]"
_NO_MARKS = str.maketrans("", "", _MARKS)
_ENDS = "，。；：！？"
# One form for marks that NFKC leaves apart or folds to ASCII.
_FOLDED = str.maketrans(
    {
        ",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）",
        "〔": "（", "〕": "）", '"': "”", "“": "”", "＂": "”", "'": "’", "‘": "’",
        "–": "—", "−": "—", "─": "—", "～": "~", "－": "-", "·": "•", "﹒": "•",
    }
)  # fmt: skip
_LONG = 40  # characters; longer clauses are quoted around the change only
_AROUND = 10  # characters quoted on each side of a change in a long clause
_ALIKE = 0.3  # ratio below which two clauses have nothing to do with each other
_MANY = 2000  # clauses; beyond them difflib may skip the most frequent ones to stay linear


def fold(text: str) -> str:
    """``text`` without white space, in one width and with one form of each mark."""
    return "".join(map(_fold_character, _SPACE.sub("", text)))


def _fold_character(character: str) -> str:
    normal = unicodedata.normalize("NFKC", character)
    # Only 1:1 foldings: positions in the folded text must stay positions in the text.
    return (normal if len(normal) == 1 else character).translate(_FOLDED)


@dataclass(frozen=True)
class _Clause:
    """``shown``: the words as written, without white space; ``folded``: for comparison.

    ``paragraph`` counts the paragraphs of the text: a quotation does not reach over two of them.
    """

    shown: str
    folded: str
    paragraph: int

    @property
    def words(self) -> str:
        return self.folded.translate(_NO_MARKS)


def compare_titles(number: int | None, body: str | None, table: str | None) -> list[Difference]:
    """At most one difference; nothing where the body has no title either."""
    if not body or fold(body) == fold(table or ""):
        return []
    return [Difference(number, DifferenceKind.TITLE, body, table or "")]


def compare_texts(number: int | None, body: str, table: str) -> list[Difference]:
    """The differences between the two texts of one item or part, in the order of the body."""
    ours, theirs = _clauses(body), _clauses(table)
    matcher = SequenceMatcher(
        None,
        [clause.words for clause in ours],
        [clause.words for clause in theirs],
        autojunk=len(ours) + len(theirs) > _MANY,
    )
    found: list[Difference] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        left, right = ours[i1:i2], theirs[j1:j2]
        if tag == "equal":
            found += _marks(number, left, right, ends=i2 == len(ours) and j2 == len(theirs))
        else:
            found += _changed(number, left, right)
    return found


def _clauses(text: str) -> list[_Clause]:
    return [
        _Clause(shown, folded, number)
        for number, paragraph in enumerate(text.splitlines())
        for shown, folded in _cut(paragraph, _CLAUSE)
        if folded.translate(_NO_MARKS)
    ]


def _cut(text: str, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """The stretches that ``pattern`` finds in the folded text: as written, and folded."""
    shown = _SPACE.sub("", text)
    return [(shown[m.start() : m.end()], m[0]) for m in pattern.finditer(fold(text))]


def _marks(
    number: int | None, left: Sequence[_Clause], right: Sequence[_Clause], *, ends: bool
) -> list[Difference]:
    """Clauses of the same words with other marks; ``ends``: the last one ends both texts."""
    found = []
    for n, (ours, theirs) in enumerate(zip(left, right, strict=True), 1):
        if ours.folded == theirs.folded or (n == len(left) and _same_end(ours, theirs, ends)):
            continue
        quotes = _quotes(ours.shown, theirs.shown)
        found.append(Difference(number, DifferenceKind.PUNCTUATION, *quotes))
    return found


def _same_end(ours: _Clause, theirs: _Clause, ends: bool) -> bool:
    """Whether the mark at the end differs for another reason than the drafter's choice.

    A cell often lacks its last full stop, and the mark changes where a text stops earlier.
    """
    marks = [clause.folded[-1:] in _ENDS for clause in (ours, theirs)]
    alike = ours.folded.rstrip(_ENDS) == theirs.folded.rstrip(_ENDS)
    return alike and (not ends or marks[0] != marks[1])


def _changed(
    number: int | None, left: Sequence[_Clause], right: Sequence[_Clause]
) -> list[Difference]:
    if not left or not right:
        return _one_sided(number, left, right)
    if _words(left) == _words(right):
        return [
            Difference(number, DifferenceKind.PUNCTUATION, *_quotes(_shown(left), _shown(right)))
        ]
    head, left, right, tail = _strangers(left, right)
    return [
        *_one_sided(number, *head),
        *(_reworded(number, left, right) if left and right else _one_sided(number, left, right)),
        *_one_sided(number, *tail),
    ]


def _one_sided(
    number: int | None, left: Sequence[_Clause], right: Sequence[_Clause]
) -> list[Difference]:
    body = [Difference(number, DifferenceKind.TEXT_ONLY_IN_BODY, t, "") for t in _quoted(left)]
    table = [Difference(number, DifferenceKind.TEXT_ONLY_IN_TABLE, "", t) for t in _quoted(right)]
    return body + table


def _quoted(clauses: Sequence[_Clause]) -> list[str]:
    return [_shown(list(group)) for _, group in groupby(clauses, lambda clause: clause.paragraph)]


_Sides = tuple[Sequence[_Clause], Sequence[_Clause]]


def _strangers(
    left: Sequence[_Clause], right: Sequence[_Clause]
) -> tuple[_Sides, Sequence[_Clause], Sequence[_Clause], _Sides]:
    """Cuts clauses at both ends of a changed stretch that resemble nothing on the other side."""
    if len(left) == len(right):
        return ([], []), left, right, ([], [])
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    start, end = 0, len(longer)
    surplus = len(longer) - len(shorter)
    while surplus and not _resembles(longer[start], shorter):
        start, surplus = start + 1, surplus - 1
    while surplus and not _resembles(longer[end - 1], shorter):
        end, surplus = end - 1, surplus - 1
    head, middle, tail = longer[:start], longer[start:end], longer[end:]
    if longer is left:
        return (head, []), middle, right, (tail, [])
    return ([], head), left, middle, ([], tail)


def _resembles(clause: _Clause, others: Sequence[_Clause]) -> bool:
    matcher = SequenceMatcher(None, b=clause.words, autojunk=False)
    for other in others[:_LONG]:
        matcher.set_seq1(other.words)
        if matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
            return True
    return False


def _reworded(
    number: int | None, left: Sequence[_Clause], right: Sequence[_Clause]
) -> list[Difference]:
    same = _figures(left) == _figures(right)
    kind = DifferenceKind.WORDING if same else DifferenceKind.NUMBER
    shown = _shown(left), _shown(right)
    if all(text[-1] in _ENDS for text in map(fold, shown)):
        shown = shown[0].rstrip(_ENDS), shown[1].rstrip(_ENDS)
    return [Difference(number, kind, *_quotes(*shown))]


def _figures(clauses: Sequence[_Clause]) -> list[tuple[str, str]]:
    return sorted(figure for clause in clauses for figure in figures(clause.words))


def _quotes(body: str, table: str) -> tuple[str, str]:
    """Both sides whole, or, where they are long and mostly alike, the words around the change."""
    if min(len(body), len(table)) <= _LONG:
        return body, table
    ours, theirs = fold(body), fold(table)
    start = _common(ours, theirs)
    end = _common(ours[start:][::-1], theirs[start:][::-1])
    first = max(0, start - _AROUND)
    return (
        body[first : len(body) - max(0, end - _AROUND)],
        table[first : len(table) - max(0, end - _AROUND)],
    )


def _common(a: str, b: str) -> int:
    length = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        length += 1
    return length


def _shown(clauses: Sequence[_Clause]) -> str:
    return "".join(clause.shown for clause in clauses)


def _words(clauses: Sequence[_Clause]) -> str:
    return "".join(clause.words for clause in clauses)


def clauses(text: str) -> list[tuple[str, str]]:
    """The clauses of ``text``: folded and without marks for comparison, and as written."""
    return [(clause.words, clause.shown.rstrip(_ENDS)) for clause in _clauses(text)]
