"""Break things while people talk, and judge by what they saw whether every accepted message got its one answer."""
