"""The same as cloudaudit.answers, under its former name."""

from cloudaudit.answers import Answer, Unknown, all_of, any_of, asked, decided, holds, shown

__all__ = ["Answer", "Unknown", "all_of", "any_of", "asked", "decided", "holds", "shown"]
