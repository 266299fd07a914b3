"""Writes of the plan, named by verb; pages, API, imports and jobs call these alone."""
