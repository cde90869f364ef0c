"""Pictures that the page takes beside the photograph and the painting, and how it shows them."""
