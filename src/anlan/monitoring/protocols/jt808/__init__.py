"""JT/T 808-2013 and -2019: terminals of road vehicles speak to a platform."""

from .describing import describe
from .packet import parse, write
from .splitter import Splitter

__all__ = ["Splitter", "describe", "parse", "write"]
