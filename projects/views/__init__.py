"""Pages of practical projects and monthly plans."""
