"""The stock project's one custom action: the text of the entry its flat intent names."""
