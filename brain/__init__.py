"""Our parts inside Rasa: graph components, the channel, the cache of dialogues. Only here is `rasa` imported."""
