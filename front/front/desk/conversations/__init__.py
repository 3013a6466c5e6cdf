"""会话: who waits for a person, who has whom, and what is said."""
