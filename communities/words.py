"""What notices say of postings."""

from django.utils.translation import gettext_lazy as _

from notices.words import Words

KINDS: dict[str, Words] = {
    "posting_asked": Words(
        _("Put up “%(subject)s”"), _("%(place)s: by %(due_on)s, on the board that residents pass. Then add a photo of it.")
    ),
    "posting_up": Words(_("On the board: “%(subject)s”"), _("%(place)s: read it here too, and object if it is not right.")),
    "posting_overdue": Words(
        _("“%(subject)s” does not hang yet"), _("%(place)s: it should have been put up by %(due_on)s. Do it, and add the photo.")
    ),
    "posting_cancelled": Words(_("“%(subject)s” need not be put up"), _("%(place)s: the reason is on its page.")),
    "posting_objected": Words(_("Somebody objects to “%(subject)s”"), _("%(place)s: read what is said, and answer it.")),
    "posting_answered": Words(_("Your objection to “%(subject)s” was answered"), _("%(place)s: the answer is on its page.")),
}
