"""知识: the knowledge base to read: entries, facts, conflicts, clauses, what is due, and how all of it changed."""
