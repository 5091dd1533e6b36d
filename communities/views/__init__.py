"""Pages of compounds, of one's own homes, and of the claims that wait."""
