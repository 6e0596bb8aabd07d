"""``cloudaudit.toml``: everything that a person would type again and again, in one file without secrets."""
