"""Forms of people: signing in, and the administrator's."""
