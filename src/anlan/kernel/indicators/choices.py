"""The words of indicators; beside each value, what is true when it holds."""

from django.db import models


class Reach(models.TextChoices):
    """Whose rows count for an organisation."""

    OWN = "own", "本单位"  # what it did itself
    ANSWERING = "answering", "本单位及所属单位"  # also what those did that answer to it
    AREA = "area", "所在区划全部单位"  # all that lies in its area, whoever did it
