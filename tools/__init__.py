"""Tools for those who work on cloudaudit; they are not shipped."""
