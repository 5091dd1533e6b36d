"""The API of projects and plans."""
