"""The citizens' page in a real browser."""
