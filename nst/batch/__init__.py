"""Many pictures: what is to be painted, and who does it: this process, others, Ray."""
