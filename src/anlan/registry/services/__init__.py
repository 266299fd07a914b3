"""Writes of the registry, one verb each; pages, imports, API and loaders call the same ones."""
