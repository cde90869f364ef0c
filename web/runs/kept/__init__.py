"""What is kept of a run for the page that shows it, and for a page that comes back."""
