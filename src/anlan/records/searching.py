"""Finding records by words of their title: Chinese is not divided into words, so the title is cut
into pairs of neighbouring characters, and an index finds the rows that have all pairs of a word."""

from __future__ import annotations

import re
import unicodedata

from django.db.models import Q

from anlan.kernel.orgs.models import Organisation

_NOISE = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Full-width forms, capitals, spaces and punctuation tell no words apart."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


def grams(text: str) -> list[str]:
    """The pairs of neighbouring characters of ``text``, each once; a single character as it is."""
    plain = folded(text)
    pairs = (plain[at : at + 2] for at in range(max(len(plain) - 1, 1)))
    return sorted({each for each in pairs if each})


def matching(word: str) -> Q:
    """The records in whose title ``word`` stands, or in the name of whose unit."""
    return _title(word) | Q(organisation_id__in=_named(word))


def _title(word: str) -> Q:
    plain = folded(word)
    # One character is no pair: it is looked for in the rows that the other conditions leave.
    return Q(grams__contains=grams(plain)) if len(plain) > 1 else Q(title__contains=word)


def _named(word: str) -> list[int]:
    """Read beforehand, so that the database can join two indexes instead of two tables."""
    named = Q(short_name__icontains=word) | Q(name__icontains=word)
    return list(Organisation.objects.filter(named).values_list("pk", flat=True))
