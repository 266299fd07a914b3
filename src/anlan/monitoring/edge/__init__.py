"""A county's node: keeps readings while the city cannot be reached, sends all once, in order."""
