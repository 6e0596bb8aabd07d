"""One module an area: the requests, and what their answers look like."""
