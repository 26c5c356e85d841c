"""Programs that build: notebooks from texts, the model card, what Sphinx needs."""
