"""Frameworks as data: which controls a theme gives evidence for, each with its source. Nothing here is a certificate."""
