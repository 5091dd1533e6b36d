"""Signed messages between Mulin and the county's other systems: the 12345 platform, the grid service (网格服务)."""
