"""Reading responsibility expressions: who leads, assists, answers and oversees.

``is_expression`` tells such an expression from other words; ``parse`` reads one; ``fill`` reads all
of a notice's; ``key`` and ``similar`` compare the names of bodies.
"""

from anlan.notices.responsibility.expression import is_expression, is_unit_list
from anlan.notices.responsibility.filling import fill
from anlan.notices.responsibility.inheritance import Inheritance, find_inheritance
from anlan.notices.responsibility.keys import key, similar
from anlan.notices.responsibility.parse import parse
from anlan.notices.responsibility.roles import is_open

__all__ = [
    "Inheritance",
    "fill",
    "find_inheritance",
    "is_expression",
    "is_open",
    "is_unit_list",
    "key",
    "parse",
    "similar",
]
