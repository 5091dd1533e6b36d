"""Consent to a referral: given, refused or taken back by oneself, or kept from a paper that the street holds."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enforcement import counsel_queries as queries
from enforcement.actions.referrals import begin, finish, note, tell, wrong_state
from enforcement.counsel_permissions import BEFORE_TAKEN_UP, OWN
from enforcement.counsel_states import Consent, ReferralState, Way
from enforcement.models import ConsentLine, Referral, ReferralParty
from files import actions as files
from files.images import Photo as CleanPhoto
from people.actors import Actor
from people.queries import holders
from people.roles import STREET
from tenancy import clock
from tenancy.refusals import NotAllowed, Refusal, WrongState

PAPERS = frozenset({Consent.GIVEN, Consent.REFUSED, Consent.TAKEN_BACK})


@transaction.atomic
def agree(referral_id: int, *, by: Actor) -> Referral:
    """Somebody concerned agrees that the referral, with their name and telephone number, goes to the court."""
    return _say(referral_id, "agree", Consent.GIVEN, by=by)


@transaction.atomic
def refuse(referral_id: int, *, by: Actor) -> Referral:
    """Somebody concerned does not agree; nothing is sent."""
    return _say(referral_id, "refuse", Consent.REFUSED, by=by)


@transaction.atomic
def take_back(referral_id: int, *, by: Actor) -> Referral:
    """Until the court took it up: what was sent is hidden from the court at once."""
    return _say(referral_id, "take_back", Consent.TAKEN_BACK, by=by)


@transaction.atomic
def on_paper(referral_id: int, party_id: int, *, by: Actor, said: str, said_on: date, photo: CleanPhoto | None) -> Referral:
    """Keep what somebody concerned signed on paper, with a photo of it. Of whoever says it here, too: they may not be able to.

    Raises Refusal without a photo, for a day to come, and for what does not follow from what they said before.
    """
    referral = begin(referral_id, "on_paper", by=by)
    party = queries.party(referral, party_id)
    if said not in PAPERS:
        raise Refusal(_("Choose what the paper says."), field="said")
    if said_on > clock.today():
        raise Refusal(_("Choose the day on the paper."), field="said_on")
    if photo is None:
        raise Refusal(_("A photo of the signed paper is the proof."), field="photo", code="required")
    new = Consent(said)
    step = {Consent.GIVEN: "agree", Consent.REFUSED: "refuse", Consent.TAKEN_BACK: "take_back"}[new]
    if party.consent not in OWN[step]:
        raise WrongState(
            _("This does not follow from what they said before: “%(said)s”.") % {"said": party.get_consent_display()}
        )
    (kept,) = files.keep([photo], area=referral.area, by=by)
    line = ConsentLine(area=referral.area, party=party, said=new, way=Way.PAPER, said_on=said_on, photo=kept)
    _keep(referral, party, line, by=by)
    return referral


def _say(referral_id: int, step: str, new: Consent, *, by: Actor) -> Referral:
    referral = queries.get(by, referral_id, lock=True)
    party = queries.own_party(by, referral)
    if party is None:
        raise NotAllowed
    if referral.state not in BEFORE_TAKEN_UP:
        raise wrong_state(referral)
    if party.consent not in OWN[step]:
        raise WrongState(_("You have said so already."))
    line = ConsentLine(area=referral.area, party=party, said=new, way=Way.PORTAL, said_on=clock.today())
    _keep(referral, party, line, by=by)
    return referral


def _keep(referral: Referral, party: ReferralParty, line: ConsentLine, *, by: Actor) -> None:
    """First the court loses sight of it, then the consent goes: the database refuses the other order."""
    line.kept_at, line.kept_by_id = clock.now(), by.id
    line.save(force_insert=True)
    back = referral.state == ReferralState.SENT and line.said != Consent.GIVEN
    finish(referral, ReferralState.WAITING if back else ReferralState(referral.state), "consent", [], by=by, party=party.pk)
    note(referral, f"consent_{line.said}", by=by, party=party.pk, way=line.way, said_on=line.said_on.isoformat())
    party.consent = line.said
    party.save(update_fields=["consent"])
    tell(holders(STREET, referral.area), f"referral_{line.said}", referral, by=by)
