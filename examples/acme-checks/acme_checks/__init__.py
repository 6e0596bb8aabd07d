"""Checks of ACME's own rules: one file = one check."""
