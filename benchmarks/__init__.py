"""Programs that measure; what each of them found stands in a file that it writes."""
