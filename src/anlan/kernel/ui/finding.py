"""The conditions by which a list finds the words that somebody typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db.models import Q


def matches(search: Sequence[str] | Callable[[str], Q], text: str) -> Q:
    """Every word of ``text`` is found: by the function, or in one of the fields."""
    found = Q()
    for word in text.split():
        if callable(search):
            found &= search(word)
        else:
            found &= Q(*(holds(name, word) for name in search), _connector=Q.OR)
    return found


def holds(field: str, word: str) -> Q:
    """The field has the word in it, in capitals or not. Chinese has no capitals: to turn every text
    of a table into them would double what a search costs."""
    lookup = "contains" if word.lower() == word.upper() else "icontains"
    return Q(**{f"{field}__{lookup}": word})
