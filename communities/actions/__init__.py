"""Writing compounds, homes, residencies, services and bindings."""

from communities.actions.compounds import add_building, add_compound, add_homes, bind_official, end_service, engage_firm
from communities.actions.residencies import claim_home, claim_residency, refuse_residency, verify_residency, withdraw_claim

__all__ = [
    "add_building",
    "add_compound",
    "add_homes",
    "bind_official",
    "claim_home",
    "claim_residency",
    "end_service",
    "engage_firm",
    "refuse_residency",
    "verify_residency",
    "withdraw_claim",
]
