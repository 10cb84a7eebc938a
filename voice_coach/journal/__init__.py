"""What is kept: append-only journals, recordings, and an index that can be rebuilt from them."""
