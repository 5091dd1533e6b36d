"""Steps on a project: a small page with a form for each. A refusal comes back by its field, with all that was typed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from communities.views.compounds import base_for
from files import taking
from people.actors import Actor
from people.http import HttpRequest
from projects import queries
from projects.actions import acceptance, drafting, work
from projects.actions.work import Taken
from projects.forms import steps as forms
from projects.forms.steps import PhotosForm, StepForm
from projects.models import Project
from projects.permissions import RULES
from projects.states import POSSIBLE, ProjectState
from projects.views import showing
from projects.views.doors import project_or_404
from tenancy.refusals import NotThere, Refusal

Words = str | Promise
Sent = dict[str, Any]
Uploads = list[UploadedFile]  # type: ignore[type-arg]  # generic in the stubs only


@dataclass(frozen=True)
class Step:
    """What a step is called, asks for, calls, and says when it is done."""

    name: str
    title: Words
    button: Words
    icon: str
    form: type[StepForm]
    call: Callable[[str, Actor, Sent], Project]
    done: Words
    help: Words = ""
    danger: bool = False


def _worded(act: Callable[..., Project]) -> Callable[[str, Actor, Sent], Project]:
    return lambda number, by, sent: act(number, by=by, version=sent["version"], text=sent["text"])


ALL = (
    Step(
        "start",
        gettext_lazy("Begin the work"),
        gettext_lazy("Begin the work"),
        "accepted",
        PhotosForm,
        lambda number, by, sent: work.start(number, by=by, version=sent["version"], photos=sent["taken"]),
        gettext_lazy("The work has begun; whoever reported what it grew from is told."),
        gettext_lazy("Photos from before show later what has changed. Name the spot: the next photo is taken from there too."),
    ),
    Step(
        "report",
        gettext_lazy("This week's word"),
        gettext_lazy("Report this week"),
        "chart",
        forms.ReportForm,
        lambda number, by, sent: work.report(
            number,
            by=by,
            version=sent["version"],
            text=sent["text"],
            percents=sent["percents"],
            delay=sent["delay"],
            photos=sent["taken"],
        ),
        gettext_lazy("Reported. Residents see it at once."),
    ),
    Step(
        "deliver",
        gettext_lazy("The work is finished"),
        gettext_lazy("Say that it is finished"),
        "check",
        forms.DeliverForm,
        lambda number, by, sent: work.deliver(
            number, by=by, version=sent["version"], text=sent["text"], achieved=sent["achieved"], photos=sent["taken"]
        ),
        gettext_lazy("The residents are being asked whether it is good."),
        gettext_lazy("Show the result, best from the same spots as before. The residents are asked whether it is good."),
    ),
    Step(
        "say",
        gettext_lazy("Is it good?"),
        gettext_lazy("Say it"),
        "reply",
        forms.SayForm,
        lambda number, by, sent: acceptance.say(number, by=by, version=sent["version"], good=sent["good"], text=sent["text"]),
        gettext_lazy("Thank you. Your word counts for your home."),
    ),
    Step(
        "confirm",
        gettext_lazy("Confirm that the residents accept it"),
        gettext_lazy("Confirm the acceptance"),
        "resolved",
        forms.RemarkForm,
        _worded(acceptance.confirm),
        gettext_lazy("Confirmed. The street office can close it."),
        gettext_lazy("With fewer than three verdicts, or no majority, say why it is accepted. Everybody reads this."),
    ),
    Step(
        "send_back",
        gettext_lazy("It is not good yet"),
        gettext_lazy("Send it back"),
        "redo",
        forms.ReasonForm,
        _worded(acceptance.send_back),
        gettext_lazy("Sent back: the work goes on, and the residents are asked anew afterwards."),
        gettext_lazy("Say what is still missing. Those who carry it out and the residents read this."),
        danger=True,
    ),
    Step(
        "close",
        pgettext_lazy("project", "Close it"),
        pgettext_lazy("project", "Close it"),
        "closed",
        StepForm,
        lambda number, by, sent: acceptance.close(number, by=by, version=sent["version"]),
        gettext_lazy("Closed. The warranty runs from today."),
        gettext_lazy("It is done, and its warranty begins today."),
    ),
    Step(
        "reopen",
        gettext_lazy("A defect within the warranty"),
        gettext_lazy("Report a defect"),
        "redo",
        forms.ReasonForm,
        _worded(acceptance.reopen),
        gettext_lazy("Opened again; those who carry it out have been told."),
        gettext_lazy("Say what is broken. Everybody reads this, without your name."),
    ),
    Step(
        "drop",
        gettext_lazy("Give it up"),
        gettext_lazy("Give it up"),
        "cancelled",
        forms.ReasonForm,
        _worded(drafting.drop),
        gettext_lazy("It is given up; everybody concerned reads why."),
        gettext_lazy("This cannot be taken back. Of what was promised, everybody concerned reads the reason."),
        danger=True,
    ),
)
STEPS = {step.name: step for step in ALL}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def step(request: HttpRequest, project: str, *, action: str) -> HttpResponse:
    """A step's form, or taking it. 404 as for the project, 403 where the role does not allow it, 400 and 409 with the form."""
    row, wanted = project_or_404(request, project), STEPS[action]
    if not RULES[action](request.actor, row):  # before photos are decoded; the action asks again under the lock
        raise PermissionDenied
    if request.method == "POST":
        return _take(request, row, wanted)
    if ProjectState(row.state) not in POSSIBLE[action]:
        messages.warning(request, _("This cannot be done now: the project is “%(state)s”.") % {"state": row.get_state_display()})
        return redirect("projects:project", project)
    return _page(request, row, wanted, form_for(row, wanted))


def form_for(row: Project, wanted: Step, sent: Any = None) -> StepForm:
    if issubclass(wanted.form, PhotosForm):
        earlier = showing.latest_of_spots(row, list(queries.photos(row)))
        return wanted.form(sent, project=row, earlier=earlier)
    return wanted.form(sent, project=row)


def _page(
    request: HttpRequest, row: Project, wanted: Step, form: StepForm, *, status: int = 200, moved: bool = False
) -> HttpResponse:
    context = {
        "base": base_for(request),
        "project": row,
        "step": wanted,
        "form": form,
        "takes_photos": isinstance(form, PhotosForm),
        "moved": moved,
    }
    return render(request, "projects/step.html", context, status=status)


def _take(request: HttpRequest, row: Project, wanted: Step) -> HttpResponse:
    form = form_for(row, wanted, request.POST)
    uploads: Uploads = []
    if isinstance(form, PhotosForm):
        uploads = [upload for number in form.places for upload in request.FILES.getlist(f"photo_{number}")[:1]]
    if form.is_valid():
        sent = dict(form.cleaned_data)
        if isinstance(form, PhotosForm):
            sent["taken"] = _taken(request, form)
        if isinstance(form, forms.ReportForm):
            sent["percents"] = form.percents()
        if not form.errors:
            try:
                wanted.call(row.number, request.actor, sent)
            except NotThere as gone:
                raise Http404 from gone
            except Refusal as refusal:
                return _refused(request, row, wanted, refusal, form, uploads)
            messages.success(request, str(wanted.done))
            return redirect("projects:project", row.number)
    _ask_again(form, uploads)
    return _page(request, row, wanted, form, status=400)


def _taken(request: HttpRequest, form: PhotosForm) -> list[Taken]:
    """The photos decoded, each with its spot; what is wrong with one stands by it."""
    found = []
    for number in form.places:
        photos, problems = taking.read(request.FILES.getlist(f"photo_{number}")[:1])
        for problem in problems:
            form.add_error(f"photo_{number}", problem)
        spot = form.cleaned_data.get(f"spot_{number}", "")
        if photos and not spot:
            form.add_error(f"spot_{number}", _("Say from where it was taken."))
        found += [Taken(photo, spot) for photo in photos]
    return found


def _ask_again(form: StepForm, uploads: Uploads) -> None:
    if uploads and "photos" in form.fields:
        form.add_error("photos", taking.choose_again(uploads))


def _refused(
    request: HttpRequest, row: Project, wanted: Step, refusal: Refusal, form: StepForm, uploads: Uploads
) -> HttpResponse:
    """The form again; after a change by somebody else with the present version, so that sending it once more is meant."""
    if refusal.status == 409:
        row = project_or_404(request, row.number)
        sent = request.POST.copy()
        sent["version"] = str(row.version)
        form = form_for(row, wanted, sent)
    form.put(refusal)
    _ask_again(form, uploads)
    return _page(request, row, wanted, form, status=refusal.status, moved=refusal.status == 409)
