"""Bring posts to a WordPress site: plan, check, apply."""
