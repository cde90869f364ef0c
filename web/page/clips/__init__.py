"""A short video on the page and in the API: its place, what it does, how it is shown."""
