"""Many targets in one command: which they are, how they are run side by side, and one overview of all."""
