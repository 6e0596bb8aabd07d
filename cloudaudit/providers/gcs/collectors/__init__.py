"""One module an API: what is asked, and what is made of the answers."""
