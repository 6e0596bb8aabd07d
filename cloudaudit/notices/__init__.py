"""What is told to others of a run: annotations of a CI job, and messages to a chat of what changed. Pure."""
