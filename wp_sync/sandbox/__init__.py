"""A real WordPress on this machine, for the demo and the tests."""
