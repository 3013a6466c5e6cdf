"""Side-by-side measurements of this project and a stock Rasa project with the same data."""
