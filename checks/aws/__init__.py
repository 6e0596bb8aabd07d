"""Checks on AWS accounts; the file name is the id."""
