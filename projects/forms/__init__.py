"""What the pages of projects take in. They parse; what is allowed, the actions say."""
