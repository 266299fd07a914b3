"""Writes of the almanac."""
