"""回电: numbers people left to be called on, encrypted, and what became of them."""
