"""Writing people, organisations, appointments, grants and places."""
