"""The report writers, shipped as ``cloudaudit.reports``."""
