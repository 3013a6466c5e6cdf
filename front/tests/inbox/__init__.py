"""The inbox, on SQLite and on PostgreSQL."""
