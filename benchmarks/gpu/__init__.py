"""What only a GPU can show: its numbers beside the processor's, its times and its memory."""
