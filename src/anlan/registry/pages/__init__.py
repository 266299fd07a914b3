"""Pages of the registry: lists, one subject, its forms, the sector registers."""
