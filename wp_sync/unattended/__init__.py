"""Running with nobody there."""
