"""Joint enforcement: check lists, visits, what phones send from them, findings, meetings, referrals, legal consultations."""

from enforcement.models.advice import Consultation, ConsultationLine
from enforcement.models.certificates import Certificate
from enforcement.models.check_lists import Basis, CheckItem, CheckList, Law
from enforcement.models.counsel import ConsentLine, Referral, ReferralParty
from enforcement.models.field import Change, FieldPhoto
from enforcement.models.findings import Finding, FindingEvent, FindingPhoto, MoreTime
from enforcement.models.meetings import Meeting, MeetingDecision, MeetingInvite, MeetingTopic
from enforcement.models.papers import Paper, PaperCounter, PaperTemplate, PaperWord
from enforcement.models.shown_lists import ShownList
from enforcement.models.visits import Campaign, Companion, Line, Member, Officer, Visit

__all__ = [
    "Basis",
    "Campaign",
    "Certificate",
    "Change",
    "CheckItem",
    "CheckList",
    "Companion",
    "ConsentLine",
    "Consultation",
    "ConsultationLine",
    "FieldPhoto",
    "Finding",
    "FindingEvent",
    "FindingPhoto",
    "Law",
    "Line",
    "Meeting",
    "MeetingDecision",
    "MeetingInvite",
    "MeetingTopic",
    "Member",
    "MoreTime",
    "Officer",
    "Paper",
    "PaperCounter",
    "PaperTemplate",
    "PaperWord",
    "Referral",
    "ReferralParty",
    "ShownList",
    "Visit",
]
