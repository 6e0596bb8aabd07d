"""Checks on Microsoft 365 tenants; the file name is the id."""
