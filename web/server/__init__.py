"""The ground floor: who is let in, what comes in, and what the process has to work with."""
