"""Types as data: fields that a city adds without code. See docs/typed.md."""
