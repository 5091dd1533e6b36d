"""Boot checks: registered below."""
