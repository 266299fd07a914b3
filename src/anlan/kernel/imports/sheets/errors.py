"""What cannot be read."""

from __future__ import annotations


class NotReadable(ValueError):
    """The file gives no rows; the message says in Chinese why, and what to do."""
