"""The longer commands of `python -m companion`, a module each."""
