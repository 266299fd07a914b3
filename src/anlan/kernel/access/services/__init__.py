"""Writes of the access app, named by verb."""
