"""The built-in checks, shipped as ``cloudaudit.checks``; one file is one check."""
