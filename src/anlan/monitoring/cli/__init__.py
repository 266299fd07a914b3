"""Commands for people at a shell: decode, simulate, tamper check."""
