"""How well citizens are understood, measured through the running brain on questions it was never trained on."""
