"""Checks of Google Cloud Storage and Google identities; one file is one check."""
