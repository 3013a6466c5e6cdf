"""查答案: what a clerk needs while a caller is on the line. Search, card, guide, copy, text message, reports."""
