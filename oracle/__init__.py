"""The pipeline that Transformers had until 5.2, asked in an environment of its own."""
