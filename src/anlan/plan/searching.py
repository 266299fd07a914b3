"""Finding duties by words, among hundreds of thousands.

The same words stand on many duties: one clause is given to each unit for each period, and handed
down as it is. So the database keeps a list of the titles that there are, a few hundred for 200,000
duties, by triggers; the words are looked for in that list, in the key duties and in the
organisations, and the duties found by indexes. Nothing is lost by it: titles are only ever added.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from anlan.kernel.orgs.models import Organisation
from anlan.kernel.ui.finding import holds

MOST_TITLES = 500  # beyond these a word is so common that reading the duties in order finds it soon


class Title(models.Model):
    """A title that a duty has or once had. Derived, and so not audited. One may stand here twice
    where two writers were at it at once: neither waits for the other, and a search minds no twins.
    """

    text = models.CharField("任务", max_length=300, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务用语"

    def __str__(self) -> str:
        return self.text


NEW = """
INSERT INTO plan_title (text) SELECT DISTINCT title FROM {rows} given
WHERE NOT EXISTS (SELECT FROM plan_title known WHERE known.text = given.title)
"""


def titled() -> list[pgtrigger.Trigger]:
    """The triggers on duties that keep the list complete."""
    return [
        pgtrigger.Trigger(
            name="titled_insert",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="new_rows"),
            func=f"{NEW.format(rows='new_rows')}; RETURN NULL;",
        ),
        pgtrigger.Trigger(
            name="titled_update",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("title"),
            func=f"{NEW.format(rows='(SELECT NEW.title)')}; RETURN NULL;",
        ),
    ]


def mentions(word: str) -> Q:
    """Duties with ``word`` in their title, their key duty's title or their organisation's name.

    What has the word is found first, and the duties by it: by conditions on other tables the
    database could use no index.
    """
    from anlan.plan.models import KeyDuty

    titles = list(_values(Title.objects.filter(holds("text", word)), "text")[: MOST_TITLES + 1])
    titled = Q(title__in=titles) if len(titles) <= MOST_TITLES else holds("title", word)
    named = Organisation.objects.filter(holds("name", word) | holds("short_name", word))
    return (
        titled
        | Q(key_duty__in=list(_values(KeyDuty.objects.filter(holds("title", word)), "pk")))
        | Q(organisation__in=list(_values(named, "pk")))
    )


def _values(rows: models.QuerySet[models.Model], name: str) -> models.QuerySet[models.Model]:
    return rows.order_by().values_list(name, flat=True)
