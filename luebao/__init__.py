"""鲁e宝 without Rasa and without the web: the policy knowledge base and the answers made from it."""
