"""Parts of the page that are HTML of our own."""
