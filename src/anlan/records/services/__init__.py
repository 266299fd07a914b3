"""Writes of the work records, named by verb."""
