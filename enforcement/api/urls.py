"""Routes of the API of joint enforcement."""

from django.urls import URLPattern, path

from enforcement.api import advice, check_lists, findings, meetings, papers, referrals, shown_lists, visits

ONE = "check-lists/<int:list_id>/"
VISIT = "visits/<visit:visit>/"
MEMBER = f"{VISIT}members/<int:organisation_id>/"
FINDING = "findings/<finding:finding>/"
MEETING = "meetings/<meeting:meeting>/"
DECISION = f"{MEETING}decisions/<int:decision_id>/"
CONSULTATION = "consultations/<int:consultation_id>/"
REFERRAL = "referrals/<int:referral_id>/"
PARTY = f"{REFERRAL}parties/<int:party_id>/"
urlpatterns: list[URLPattern] = [
    path("check-lists/", check_lists.CheckListsView.as_view(), name="api_check_lists"),
    path(ONE, check_lists.CheckListView.as_view(), name="api_check_list"),
    path(f"{ONE}items/", check_lists.ItemsView.as_view(), name="api_check_items"),
    path(f"{ONE}items/<slug:item_code>/", check_lists.ItemView.as_view(), name="api_check_item"),
    path(f"{ONE}items/<slug:item_code>/remove/", check_lists.ItemRemove.as_view(), name="api_check_item_remove"),
    *(path(f"{ONE}{name}/", view.as_view(), name=f"api_check_list_{name}") for name, view in check_lists.STEPS.items()),
    path("visits/", visits.VisitsView.as_view(), name="api_visits"),
    path("visits/risk/", visits.RiskView.as_view(), name="api_visits_risk"),
    path(VISIT, visits.VisitView.as_view(), name="api_visit"),
    *(path(f"{VISIT}{name}/", view.as_view(), name=f"api_visit_{name}") for name, view in visits.STEPS.items()),
    *(path(f"{MEMBER}{name}/", view.as_view(), name=f"api_visit_{name}") for name, view in visits.MEMBER_STEPS.items()),
    path(f"{VISIT}recheck/", visits.RecheckView.as_view(), name="api_visit_recheck"),
    path(f"{VISIT}sheet/", visits.SheetView.as_view(), name="api_visit_sheet"),
    path(f"{VISIT}changes/", visits.ChangesView.as_view(), name="api_visit_changes"),
    path(f"{VISIT}photos/", visits.FieldPhotosView.as_view(), name="api_visit_photos"),
    path(f"{VISIT}photos/<uuid:photo_id>/", visits.FieldPhotoView.as_view(), name="api_visit_photo"),
    path(f"{VISIT}papers/", papers.PapersView.as_view(), name="api_visit_papers"),
    path(f"{VISIT}papers/<paper:paper>/file/", papers.PaperFile.as_view(), name="api_visit_paper_file"),
    path(f"{VISIT}papers/<paper:paper>/void/", papers.PaperVoid.as_view(), name="api_visit_paper_void"),
    path(f"{ONE}compounds/", shown_lists.CompoundsView.as_view(), name="api_check_list_compounds"),
    path("findings/", findings.FindingsView.as_view(), name="api_findings"),
    path(FINDING, findings.FindingView.as_view(), name="api_finding"),
    path(f"{FINDING}photos/<uuid:photo_id>/", findings.FindingPhotoView.as_view(), name="api_finding_photo"),
    *(path(f"{FINDING}{name}/", view.as_view(), name=f"api_finding_{name}") for name, view in findings.STEPS.items()),
    path("meetings/", meetings.MeetingsView.as_view(), name="api_meetings"),
    path(MEETING, meetings.MeetingView.as_view(), name="api_meeting"),
    *(path(f"{MEETING}{name}/", view.as_view(), name=f"api_meeting_{name}") for name, view in meetings.STEPS.items()),
    *(path(f"{DECISION}{name}/", view.as_view(), name=f"api_decision_{name}") for name, view in meetings.DECISION_STEPS.items()),
    path("referrals/", referrals.ReferralsView.as_view(), name="api_referrals"),
    path(REFERRAL, referrals.ReferralView.as_view(), name="api_referral"),
    path(f"{REFERRAL}papers/<uuid:photo_id>/", referrals.PaperView.as_view(), name="api_referral_paper"),
    *(path(f"{REFERRAL}{name}/", view.as_view(), name=f"api_referral_{name}") for name, view in referrals.STEPS.items()),
    *(path(f"{PARTY}{name}/", view.as_view(), name=f"api_referral_{name}") for name, view in referrals.PARTY_STEPS.items()),
    path("consultations/", advice.ConsultationsView.as_view(), name="api_consultations"),
    path(CONSULTATION, advice.ConsultationView.as_view(), name="api_consultation"),
    *(path(f"{CONSULTATION}{name}/", view.as_view(), name=f"api_consultation_{name}") for name, view in advice.STEPS.items()),
]
