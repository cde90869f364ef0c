"""The Gradio app, on three floors that only look down: page, runs, server."""
