"""Writes of the intake, named by verb."""
