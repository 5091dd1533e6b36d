"""Compounds and who lives there, and what is put up for them to read (公示)."""

from communities.models.compounds import (
    WAITING,
    Binding,
    BindingKind,
    Building,
    ClaimState,
    Compound,
    CompoundKind,
    Home,
    Residency,
    ResidencyKind,
    Service,
)
from communities.models.postings import Objection, Posting, PostingPhoto

__all__ = [
    "WAITING",
    "Binding",
    "BindingKind",
    "Building",
    "ClaimState",
    "Compound",
    "CompoundKind",
    "Home",
    "Objection",
    "Posting",
    "PostingPhoto",
    "Residency",
    "ResidencyKind",
    "Service",
]
