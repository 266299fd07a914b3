"""Writes of progress calls."""
