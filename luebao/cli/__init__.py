"""Commands for clerks. What they print is Chinese and readable; what they decide lives elsewhere."""
