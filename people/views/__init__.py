"""Pages of people: one's own account, and the administrator's."""
