"""The web API of a running front."""
