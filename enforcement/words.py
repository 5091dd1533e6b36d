"""What notices say of joint enforcement."""

from django.utils.translation import gettext_lazy as _

from notices.words import Words

KINDS: dict[str, Words] = {
    "check_list_proposed": Words(
        _("A check list waits to be published"),
        _("%(place)s, version %(version)s, proposed by %(who)s. A second person publishes it."),
    ),
    "check_list_published": Words(
        _("A check list is in force"),
        _("%(place)s, version %(version)s, published by %(who)s."),
    ),
    "visit_asked": Words(
        _("A joint visit asks for your officers"),
        _("%(place)s on %(day)s, visit %(number)s. Name at least two certified officers, or decline with a reason."),
    ),
    "visit_joined": Words(
        _("A bureau takes part"),
        _("%(bureau)s goes along to %(place)s on %(day)s, visit %(number)s."),
    ),
    "visit_declined": Words(
        _("A bureau does not take part"),
        _("%(bureau)s does not go along to %(place)s on %(day)s, visit %(number)s: %(reason)s"),
    ),
    "visit_to_approve": Words(
        _("A joint visit waits for your approval"),
        _("%(place)s on %(day)s, visit %(number)s. All bureaus have answered."),
    ),
    "visit_approved": Words(
        _("A joint visit is approved"),
        _("%(place)s on %(day)s, visit %(number)s. Officers: fetch the list to your phone before you go."),
    ),
    "visit_announced": Words(
        _("A joint visit is coming"),
        _("%(place)s on %(day)s, visit %(number)s. Please have somebody there who knows the compound."),
    ),
    "visit_called_off": Words(
        _("A joint visit is called off"),
        _("%(place)s on %(day)s, visit %(number)s: %(reason)s"),
    ),
    "visit_concluded": Words(
        _("A joint visit is over"),
        _("%(place)s, visit %(number)s of %(day)s. What was found stands on its page."),
    ),
    "finding_fixed": Words(
        _("Put right on the spot"),
        _("%(place)s, finding %(number)s: %(item)s."),
    ),
    "finding_ordered": Words(
        _("You are ordered to put something right by %(due_on)s"),
        _("%(place)s, finding %(number)s: %(item)s. What must be done stands on its page. Answer there with photos."),
    ),
    "finding_answered": Words(
        _("A finding is said to be put right"),
        _("%(place)s, finding %(number)s: %(item)s. Look at the photos; accept, send back, or look at it on the spot."),
    ),
    "finding_accepted": Words(
        _("A finding is put right"),
        _("%(place)s, finding %(number)s: %(item)s. The bureau accepted it."),
    ),
    "finding_sent_back": Words(
        _("A finding is not put right yet"),
        _("%(place)s, finding %(number)s: %(item)s. You have until %(due_on)s. What is missing stands on its page."),
    ),
    "finding_recheck": Words(
        _("A finding will be looked at again on the spot"),
        _("%(place)s, finding %(number)s: %(item)s."),
    ),
    "finding_transferred": Words(
        _("A finding was handed over as a case"),
        _("%(place)s, finding %(number)s: %(item)s. Which office deals with it stands on its page."),
    ),
    "finding_dropped": Words(
        _("A finding was taken back"),
        _("%(place)s, finding %(number)s: %(item)s. The reason stands on its page."),
    ),
    "finding_time_asked": Words(
        _("Somebody asks for more time"),
        _("%(place)s, finding %(number)s, due on %(due_on)s: %(days)s more days. %(reason)s"),
    ),
    "finding_extended": Words(
        _("You have more time"),
        _("%(place)s, finding %(number)s: %(item)s. It must be right by %(due_on)s."),
    ),
    "finding_not_extended": Words(
        _("You have no more time"),
        _("%(place)s, finding %(number)s must be right by %(due_on)s: %(reason)s"),
    ),
    "finding_lifted": Words(
        _("A finding is not published any more"),
        _("%(place)s, finding %(number)s: %(item)s."),
    ),
    "finding_late": Words(
        _("An order is late"),
        _("%(place)s, finding %(number)s: %(item)s should have been right by %(due_on)s, %(days)s days ago."),
    ),
    "paper_order": Words(
        _("A bureau orders you to put something right"),
        _("%(place)s: %(bureau)s issued %(number)s. Read by when, and what you may say to it."),
    ),
    "paper_order_voided": Words(
        _("An order does not count any more"),
        _("%(place)s: %(bureau)s voided %(number)s: %(reason)s"),
    ),
    "meeting_called": Words(
        _("You are called to a meeting: “%(subject)s”"), _("%(place)s, %(at)s, %(spot)s. Agenda and tickets are on its page.")
    ),
    "meeting_moved": Words(_("A meeting was moved: “%(subject)s”"), _("%(place)s: now at %(at)s, %(spot)s.")),
    "meeting_cancelled": Words(_("A meeting is not held: “%(subject)s”"), _("%(place)s, %(at)s. The reason is on its page.")),
    "meeting_decided": Words(
        _("A meeting decided that you do something by %(due_on)s"), _("%(place)s, “%(subject)s”: %(decision)s")
    ),
    "meeting_to_file": Words(_("A meeting decided on a ticket that you file"), _("%(place)s, “%(subject)s”: %(decision)s")),
    "meeting_dropped": Words(_("What a meeting decided need not be done"), _("%(place)s, “%(subject)s”: %(decision)s")),
    "meeting_late": Words(
        _("What a meeting decided is late"),
        _("%(place)s, “%(subject)s”: %(who)s should have done it by %(due_on)s: %(decision)s"),
    ),
    "meeting_ready": Words(
        _("All that a meeting decided is done: “%(subject)s”"), _("%(place)s: look it over, and close the meeting.")
    ),
    "referral_asked": Words(
        _("Do you agree that a dispute goes to the judge's workstation?"),
        _("%(place)s: read what would go to %(court)s, and say whether you agree. Without your consent nothing is sent."),
    ),
    "referral_given": Words(_("Somebody agrees to a referral"), _("%(place)s: when everybody agrees, it can go to %(court)s.")),
    "referral_refused": Words(_("Somebody does not agree to a referral"), _("%(place)s: nothing goes to %(court)s.")),
    "referral_taken_back": Words(
        _("Somebody took their consent back"), _("%(place)s: %(court)s does not see the referral any more.")
    ),
    "referral_sent": Words(_("A dispute is referred to you"), _("%(place)s: everybody concerned has consented. Look it over.")),
    "referral_taken_up": Words(_("The judge's workstation took up a dispute"), _("%(place)s: %(court)s deals with it.")),
    "referral_settled": Words(_("A dispute is settled"), _("%(place)s: what %(court)s wrote is on its page.")),
    "referral_agreed": Words(
        _("A dispute is settled by agreement"),
        _("%(place)s: until %(until)s both sides may together ask the court to confirm the agreement."),
    ),
    "referral_not_settled": Words(_("A dispute could not be settled"), _("%(place)s: what %(court)s wrote is on its page.")),
    "referral_withdrawn": Words(
        _("A referral was withdrawn"), _("%(place)s: it does not go to %(court)s. The reason is on its page.")
    ),
    "consultation_asked": Words(
        _("A question of law waits for your answer"),
        _("%(place)s: please answer by %(due_on)s. The question stands on its page."),
    ),
    "consultation_answered": Words(
        _("Your question of law is answered"),
        _("%(place)s: %(adviser)s answered. Read it on its page, and ask further if something is open."),
    ),
    "consultation_late": Words(
        _("A question of law is late"), _("%(place)s: the answer was due on %(due_on)s. See to it that somebody answers.")
    ),
}
