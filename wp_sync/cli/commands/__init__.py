"""The commands by group: their options and their help; the work stands in wp_sync.cli."""
