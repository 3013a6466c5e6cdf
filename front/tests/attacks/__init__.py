"""The front as somebody meets it who means harm, or whose program is broken."""
