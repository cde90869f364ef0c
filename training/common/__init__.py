"""What both trainings share: crops of photographs, optimisers, checkpoints."""
