"""What devices speak: a splitter, a parser and a writer for each protocol, pure, on bytes."""
