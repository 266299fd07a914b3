"""Obligations of a notice: who must do what, how much, how often, by when.

``find`` reads a text, ``fill`` a notice whose structure is known.
"""

from anlan.notices.obligations.filling import fill
from anlan.notices.obligations.finder import find

__all__ = ["fill", "find"]
