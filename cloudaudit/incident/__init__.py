"""The worksheet for a suspected leak: what the tool knows of it, and questions for people. It never decides for them."""
