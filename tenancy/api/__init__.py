"""The ground floor of the API: reading bodies, naming faults, pages that do not shift, and how operations are described."""
