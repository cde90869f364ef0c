"""What an error looks like that says there is no more memory.

Nothing here imports torch: what goes wrong before it is loaded is told without it.
"""

RUN_OUT = ("not enough memory", "can't allocate memory", "cannot allocate memory", "out of memory")
"""What PyTorch says when there is no more memory."""


def has_run_out(error: BaseException) -> bool:
    """Whether an error says that there is no more memory, of the machine or of the GPU."""
    if isinstance(error, MemoryError):
        return True
    # PyTorch's own allocator for the processor has no type for it; that for a GPU says it, too.
    return isinstance(error, RuntimeError) and any(w in str(error).lower() for w in RUN_OUT)
