"""GB/T 26875.3-2011: fire protection of buildings speaks to a remote monitoring centre."""

from .describing import describe
from .frame import parse, write
from .splitter import Splitter

__all__ = ["Splitter", "describe", "parse", "write"]
