"""The sample estate's Microsoft 365 half: an own stand-in for Microsoft Graph, reached by the real SDK."""
