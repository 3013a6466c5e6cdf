"""The desk: real front processes, real databases, real browsers."""
