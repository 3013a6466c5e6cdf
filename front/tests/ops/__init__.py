"""What the operator does by command, on real processes and both databases."""
