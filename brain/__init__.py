"""Our parts inside Rasa: graph components, the loopback channel, the cache of dialogues. Only here is `rasa` imported."""
