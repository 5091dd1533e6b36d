"""What the app on an officer's phone says, by key. `{name}` is filled in on the phone, which may not be able to ask for words."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.finding_states import Party
from enforcement.visit_states import PresentRole, Result, VisitState

NAME = _("Checks on the spot")
SHORT = pgettext_lazy("name under an icon", "Checks")
OF_THE_FRAME: dict[str, str | Promise] = {
    "name": NAME,
    "reload": _("Open it anew"),
    "broken": _("This page could not be shown. What was recorded is still on this phone."),
    "nobody": _("Nobody has signed in on this phone yet"),
    "nobody_text": _("Sign in once while there is a signal; after that the list opens without one."),
    "newer": _("A new version of this page is ready"),
    "newer_text": _("Nothing that was recorded is lost when you open it anew."),
    "keep": _("Keep"),
    "optional": _("(optional)"),
    "fill_in": _("Fill this in."),
}
OF_SENDING: dict[str, str | Promise] = {
    "all_sent": _("Everything recorded on this phone has been sent."),
    "waits": _("{n} not sent yet"),
    "send_now": _("Send now"),
    "sending": _("Sending: {done} of {all}"),
    "sending_label": _("How much has been sent"),
    "sign_in": _("Sign in"),
    "signed_out": _("Sign in again"),
    "signed_out_text": _(
        "Your session has ended. You can go on recording; it is sent once you have signed in as the same person."
    ),
    "portal": _("The network has put a page of its own in the way"),
    "portal_text": _("Open the browser and sign in to this Wi-Fi, or switch it off. Nothing was sent, and nothing is lost."),
    "busy": _("The server is busy"),
    "unreachable": _("The server cannot be reached"),
    "not_taken": _("The server does not take it"),
    "nothing_lost": _("Everything is kept on this phone and will be tried again by itself."),
    "try_later": _("It will be tried again by itself."),
    "no_signal": _("No signal"),
    "no_signal_text": _("You can go on. Everything is kept on this phone and sent when there is a signal again."),
    "others": _("Work of another person waits on this phone: {n}"),
    "others_text": _("You cannot see it, and it is not sent in your name. It is sent when that person signs in here."),
    "full": _("This phone has no space left"),
    "full_text": _(
        "The last entry was not kept and still stands in its field. Make space, or send what waits, and keep it again."
    ),
    "not_kept": _("This could not be kept"),
    "not_kept_text": _("It still stands in its field. Try again; if it stays so, open this page anew."),
    "kept_here": _("Kept on this phone."),
}
OF_THE_LIST: dict[str, str | Promise] = {
    "visits_here": _("Visits on this phone"),
    "work_of": _("Work of {name}"),
    "none_carried": _("No visit is carried along yet. Visits of which you are an officer appear here while there is a signal."),
    "to_carry": _("To be carried along"),
    "carry": _("Carry along"),
    "put_down": _("Take it off this phone"),
    "done_of": _("{done} of {all} checked"),
    "visit_trouble": _("Not taken by the server: {words}"),
    "kept_for_good": _("This phone has promised not to clear this away by itself."),
    "kept_while": _("This phone may clear this away when it runs out of space: install the page, and send soon."),
    "fetching": _("Fetching the list …"),
    "not_fetched": _("The list could not be fetched"),
    "fetch_signed_out": _("Sign in again."),
    "fetch_portal": _("The network has put a page of its own in the way."),
    "fetch_gone": _("There is no such visit for you."),
    "fetch_failed": _("There is no signal, or the server is busy. What is on this phone stays as it is."),
}
OF_A_VISIT: dict[str, str | Promise] = {
    "sample": _("Sample data"),
    "officer": _("{name}, certificate {certificate}"),
    "counts": _("Checked {done} · open {open} · violations {bad}"),
    "only_open": _("Only what is not checked yet"),
    "fetch_anew": _("Fetch anew"),
    "own_items": _("To be checked by you: {bureau}"),
    "other_items": _("{bureau} ({n})"),
    "other_text": _("Only the competent bureau concludes these. Here you see what it had recorded when the list was fetched."),
    "differs": _("two phones differ"),
    "waits_tag": _("not sent yet"),
    "sent_tag": pgettext_lazy("what a phone recorded", "sent"),
    "refused_tag": pgettext_lazy("what a phone recorded", "refused"),
    "present": _("Who was present"),
    "present_role": _("For whom"),
    "present_name": _("Name, if it was given"),
    "present_nobody_named": _("Nobody has been named yet."),
    "what_counts": _("What counts, and by which law"),
    "violation": _("What counts as a violation"),
    "method": _("How it is checked"),
    "bases": _("Law"),
    "days_of": _("{n} days"),
    "days_or_spot": _("{n} days, or at once"),
    "days": _("To be put right within"),
    "note": _("Note"),
    "differ_title": _("Two phones said different things of this item"),
    "differ_text": _("Choose what holds. Both stay on record; your bureau cannot sign before."),
    "this_phone": _("this phone"),
    "stands_now": _("what stands now"),
}
OF_A_FINDING: dict[str, str | Promise] = {
    "findings": _("What was found"),
    "new_finding": _("Record what was found"),
    "spot": _("Where exactly"),
    "found_text": _("What is wrong"),
    "building": _("Building"),
    "no_building": _("none in particular"),
    "party": _("Who answers for it"),
    "party_name": _("Name of that person or body"),
    "photos": _("Photos"),
    "photos_help": _("A photo is kept at once, with the time and, if you allow it, the place. It cannot be taken back."),
    "keep_finding": _("Keep the finding"),
    "keeping_photo": _("Keeping the photo …"),
    "photo_n": _("Photo {n}"),
    "photo_failed": _("The photo could not be kept"),
    "photo_again": _("Take it again."),
    "photo_large": _("It is larger than 10 MB and cannot be made smaller on this phone."),
    "place_asked": _("Asking where this is …"),
    "place_unknown": _("place not known"),
}
OF_WHAT_WAS_SENT: dict[str, str | Promise] = {
    "sent_title": _("What was recorded"),
    "nothing_recorded": _("Nothing has been recorded on this phone yet."),
    "photos_counted": _("Photos sent: {sent} of {all}"),
    "photos_refused": _("Photos that the server did not take: {n}"),
    "choose": _("Choose what holds"),
    "record_again": _("Record it again, now"),
    "noted": _("I have seen it"),
    "todo": _("What you sent is kept on record. Look it over, and record it again if it still holds."),
    "todo_not_under_way": _("Ask for the visit to be begun, or see whether it was called off; then record it again."),
    "todo_too_early": _("The visit's day has not come. On that day, record it again."),
    "todo_signed": _("Your bureau has concluded. What was left out goes into a visit of its own or a re-check."),
    "todo_not_yours": _("Tell the officers of the competent bureau."),
    "todo_no_such_item": _("Fetch the list anew: the item is not part of this visit."),
    "todo_clock": _("Set the phone's clock by the network, then record it again."),
    "todo_unreadable": _("Look it over, shorten it if need be, and record it again."),
}
WORDS = OF_THE_FRAME | OF_SENDING | OF_THE_LIST | OF_A_VISIT | OF_A_FINDING | OF_WHAT_WAS_SENT
CHOICES = {"result": Result, "party": Party, "present": PresentRole, "state": VisitState}


def plain() -> dict[str, Any]:
    """Words and the labels of choices, in the language of the moment."""
    choices = {name: [[value, str(label)] for value, label in kind.choices] for name, kind in CHOICES.items()}
    choices["result"].sort(key=lambda choice: choice[0] == Result.UNCHECKED)  # under the thumb comes what is chosen most
    return {"name": str(NAME), "words": {key: str(words) for key, words in WORDS.items()}, "choices": choices}
