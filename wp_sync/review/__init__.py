"""Plans and stories in words, for the people who read them."""
