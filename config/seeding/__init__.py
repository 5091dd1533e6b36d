"""Filling a database for measuring: rows written by SQL, past the actions, because a million actions take days.

Nothing else in Mulin writes this way. The rows keep every constraint, link and life cycle, and everything they stand on is
invented and says so.
"""
