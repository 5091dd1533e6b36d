"""Compounds (小区), homes and claims through the API."""
