"""The ground floor: what the engine takes of the machine and of the process that it runs in."""
