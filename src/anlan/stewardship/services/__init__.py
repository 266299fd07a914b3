"""Writes of the stewardship, named by verb."""
