"""Pages of complaints: parse, call one action or query, answer."""
