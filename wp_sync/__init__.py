"""Keep a themed WordPress site supplied from source feeds."""
