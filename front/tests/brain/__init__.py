"""The client of Rasa and what keeps numbers from it."""
