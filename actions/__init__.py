"""Rasa's custom actions: tracker in, luebao call, structured reply out. No policy and no wording lives here."""
