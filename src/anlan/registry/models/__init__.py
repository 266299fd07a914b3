"""Who is supervised, who answers for it, and what each sector must know of it."""

from anlan.registry.models.disputes import Dispute, Opinion
from anlan.registry.models.people import IdentityOpening, Person, Post
from anlan.registry.models.registers import Entry, Register, RegisterVersion
from anlan.registry.models.sectors import Sector
from anlan.registry.models.subjects import Enterprise, Grade, Site

__all__ = [
    "Dispute",
    "Enterprise",
    "Entry",
    "Grade",
    "IdentityOpening",
    "Opinion",
    "Person",
    "Post",
    "Register",
    "RegisterVersion",
    "Sector",
    "Site",
]
