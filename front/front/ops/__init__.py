"""What the operator does by command: erase a person, see what is kept, back up and restore."""
