"""How policy works: pure functions over places, dates and lists. Knows the knowledge base, not the wording."""
