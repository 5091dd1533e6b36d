"""Routes of joint enforcement."""

from django.urls import URLPattern, path

from enforcement.views import (
    advice,
    campaigns,
    certificates,
    check_items,
    check_lists,
    field,
    findings,
    meeting_steps,
    meetings,
    paper_templates,
    papers,
    rechecks,
    referrals,
    shown_lists,
    summaries,
    totals,
    visits,
)

app_name = "enforcement"
LISTS = "checks/lists/"
ONE = f"{LISTS}<int:list_id>/"
VISITS = "checks/visits/"
VISIT = f"{VISITS}<visit:visit>/"
MEMBER = f"{VISIT}bureaus/<int:organisation_id>/"
FINDINGS = "checks/findings/"
FINDING = f"{FINDINGS}<finding:finding>/"
FIELD = "checks/field/"
ITEM = f"{ONE}items/<slug:item_code>/"
MEETINGS = "checks/meetings/"
MEETING = f"{MEETINGS}<meeting:meeting>/"
DECISION = f"{MEETING}decisions/<int:decision_id>/"
REFERRALS = "checks/referrals/"
REFERRAL = f"{REFERRALS}<int:referral_id>/"
PARTY = f"{REFERRAL}parties/<int:party_id>/"
ADVICE = "checks/advice/"
CONSULTATION = f"{ADVICE}<int:consultation_id>/"
PAPERS = "checks/papers/"
TEMPLATES = "checks/templates/"
TEMPLATE = f"{TEMPLATES}of/<int:organisation_id>/<slug:kind>/"
BROUGHT = f"{TEMPLATES}<int:template_id>/"
urlpatterns: list[URLPattern] = [
    path(LISTS, check_lists.check_lists, name="check_lists"),
    path(f"{LISTS}of/<place:area>/draft/", check_lists.draft, name="check_list_draft"),
    path(f"{LISTS}of/<place:area>/import/", check_lists.bring_in, name="check_list_import"),
    path(ONE, check_lists.check_list, name="check_list"),
    path(f"{ONE}list.xlsx", check_lists.sheet, name="check_list_sheet"),
    *(
        path(f"{ONE}{name.replace('_', '-')}/", check_lists.step, {"action": name}, name=f"check_list_{name}")
        for name in check_lists.STEPS
    ),
    path(f"{ONE}new-item/", check_items.change, name="check_item_new"),
    path(ITEM, check_items.item, name="check_item"),
    path(f"{ITEM}change/", check_items.change, name="check_item_change"),
    path(f"{ITEM}remove/", check_items.remove, name="check_item_remove"),
    path(VISITS, visits.visits, name="visits"),
    path(f"{VISITS}visits.xlsx", visits.sheet, name="visits_sheet"),
    path(f"{VISITS}needed/", visits.needed, name="visits_needed"),
    path(f"{VISITS}plan/<place:area>/", visits.plan, name="visit_plan"),
    path(VISIT, visits.visit, name="visit"),
    path(f"{VISIT}change/", visits.change, name="visit_change"),
    path(f"{VISIT}summary/", summaries.summary, name="visit_summary"),
    path(f"{VISIT}recheck/", rechecks.recheck, name="visit_recheck"),
    *(path(f"{VISIT}{name.replace('_', '-')}/", visits.step, {"action": name}, name=f"visit_{name}") for name in visits.STEPS),
    *(path(f"{MEMBER}{name}/", visits.member_step, {"action": name}, name=f"visit_{name}") for name in visits.MEMBER_STEPS),
    path(FINDINGS, findings.findings, name="findings"),
    path(f"{FINDINGS}findings.xlsx", findings.sheet, name="findings_sheet"),
    path("checks/numbers/", totals.numbers, name="numbers"),
    path("checks/numbers/numbers.xlsx", totals.sheet, name="numbers_sheet"),
    path(FINDING, findings.finding, name="finding"),
    path(f"{FINDING}photos/<uuid:photo_id>/", findings.photo, name="finding_photo"),
    path(f"{FINDING}photos/<uuid:photo_id>/small/", findings.photo, {"small": True}, name="finding_small_photo"),
    *(
        path(f"{FINDING}{name.replace('_', '-')}/", findings.step, {"action": name}, name=f"finding_{name}")
        for name in findings.STEPS
    ),
    path(FIELD, field.shell, name="field"),
    path(f"{FIELD}worker.js", field.worker, name="field_worker"),
    path(f"{FIELD}app.webmanifest", field.manifest, name="field_manifest"),
    path(f"{FIELD}who/", field.who, name="field_who"),
    path("checks/certificates/", certificates.certificates, name="certificates"),
    path("checks/certificates/enter/", certificates.enter, name="certificate_enter"),
    path("checks/certificates/<int:certificate_id>/revoke/", certificates.revoke, name="certificate_revoke"),
    path("checks/campaigns/", campaigns.campaigns, name="campaigns"),
    path("checks/campaigns/of/<place:area>/", campaigns.begin, name="campaign_begin"),
    path("checks/campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path(f"{ONE}compounds/", shown_lists.compounds, name="check_list_compounds"),
    path(f"{ONE}compounds.xlsx", shown_lists.compounds_sheet, name="check_list_compounds_sheet"),
    path(f"{ONE}board/<place:place>/", shown_lists.board, name="board"),
    path("c/<place:place>/checks/", shown_lists.here, name="checks_here"),
    path(MEETINGS, meetings.meetings, name="meetings"),
    path(f"{MEETINGS}meetings.xlsx", meetings.workbook, name="meetings_sheet"),
    path(f"{MEETINGS}call/", meetings.call, name="meeting_call"),
    path(MEETING, meeting_steps.meeting, name="meeting"),
    path(f"{MEETING}minutes.docx", meetings.minutes, name="meeting_minutes"),
    *(path(f"{MEETING}{name}/", meeting_steps.step, {"action": name}, name=f"meeting_{name}") for name in meeting_steps.STEPS),
    *(
        path(f"{DECISION}{name.replace('_', '-')}/", meeting_steps.decision_step, {"action": name}, name=f"decision_{name}")
        for name in meeting_steps.DECISION_STEPS
    ),
    path(f"{VISIT}papers/issue/", papers.issue, name="paper_issue"),
    path(PAPERS, papers.registers, name="paper_registers"),
    path(f"{PAPERS}of/<int:organisation_id>/<int:year>/register.xlsx", papers.register, name="paper_register"),
    path(f"{PAPERS}<paper:paper>.docx", papers.file, name="paper_file"),
    path(f"{PAPERS}<paper:paper>/void/", papers.void, name="paper_void"),
    path("v/<paper:paper>/", papers.verified, name="paper_verified"),
    path(TEMPLATES, paper_templates.templates, name="paper_templates"),
    path(f"{TEMPLATES}of/<int:organisation_id>/word/", paper_templates.word, name="paper_templates_word"),
    path(f"{TEMPLATE}current.docx", paper_templates.current, name="paper_templates_current"),
    path(f"{TEMPLATE}bring/", paper_templates.bring, name="paper_templates_bring"),
    path(f"{TEMPLATE}use-shipped/", paper_templates.use_shipped, name="paper_templates_use_shipped"),
    path(f"{BROUGHT}preview.docx", paper_templates.preview, name="paper_templates_preview"),
    *(
        path(f"{BROUGHT}{name}/", paper_templates.step, {"action": name}, name=f"paper_templates_{name}")
        for name in paper_templates.STEPS
    ),
    path(REFERRALS, referrals.referral_list, name="referrals"),
    path(f"{REFERRALS}draft/", referrals.draft, name="referral_draft"),
    path(REFERRAL, referrals.referral, name="referral"),
    path(f"{REFERRAL}papers/<uuid:photo_id>/", referrals.paper, name="referral_paper"),
    *(
        path(f"{REFERRAL}{name.replace('_', '-')}/", referrals.step, {"action": name}, name=f"referral_{name}")
        for name in [*referrals.STEPS, *referrals.OWN_STEPS]
    ),
    *(
        path(f"{PARTY}{name.replace('_', '-')}/", referrals.party_step, {"action": name}, name=f"referral_{name}")
        for name in referrals.PARTY_STEPS
    ),
    path(ADVICE, advice.consultations, name="consultations"),
    path(f"{ADVICE}legal-consultations.xlsx", advice.sheet, name="consultations_sheet"),
    path(f"{ADVICE}ask/", advice.ask, name="consultation_ask"),
    path(CONSULTATION, advice.consultation, name="consultation"),
    path(f"{CONSULTATION}answer.docx", advice.paper, name="consultation_paper"),
    *(
        path(f"{CONSULTATION}{name.replace('_', '-')}/", advice.step, {"action": name}, name=f"consultation_{name}")
        for name in advice.STEPS
    ),
]
