"""What requests pass before they reach Gradio, and how pictures come in with them."""
