"""Enterprises and entries of registers from Excel; importing this package declares the importers.

There is none of persons: identity numbers would stand openly in the rows and files of a batch.
"""

from anlan.registry.importing import enterprises, entries

__all__ = ["enterprises", "entries"]
