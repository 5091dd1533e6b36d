"""Open311 GeoReport v2: what streets made public, for everybody to read, and filing by systems of other offices."""
