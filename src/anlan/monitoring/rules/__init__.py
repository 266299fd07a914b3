"""Rules as people write, read, try and publish them, and as the engine is given them."""
