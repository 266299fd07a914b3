"""Pages of organisations, groups, and what a name means."""
