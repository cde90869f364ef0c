"""The page and the API around `nst`: controls, layout, events, and the run behind both."""
