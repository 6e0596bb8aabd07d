"""One module a service: the calls, and what their answers look like."""
