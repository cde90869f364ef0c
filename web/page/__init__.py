"""The top floor: the page's components and events, and the API's endpoints."""
