"""Knowledge notes of the demo: each county takes over those that come with Mulin, and a street has one of its own."""

from complaints.actions import notes
from complaints.models import KnowledgeNote
from complaints.note_checks import Content
from complaints.note_queries import today
from complaints.note_states import Way
from config.demo_data.places import COUNTIES, JINJIANG
from config.demo_data.world import Say
from people import actors
from people.models import User

OF_THE_STREET = Content(
    "加装电梯（本街道）",
    Way.QUESTION,
    "加装电梯请先到所在社区居委会领取意愿征询表；社区每周三下午有专人答疑（示例）。表决通过后，街道公示七日无异议的，由社区协助报县里联审。",
    ("加装电梯", "增设电梯"),
    "民法典第二百七十八条",
)


def write_all(say: Say) -> int:
    """Write what is not there yet; how many notes. Doing it twice changes nothing."""
    made = 0
    for county in COUNTIES:
        if not KnowledgeNote.objects.filter(area=county.code).exists():
            made += len(notes.take_over(area=county.code, by=_actor(f"county{county.suffix}")))
    street = JINJIANG.streets[0].code
    if not KnowledgeNote.objects.filter(area=street).exists():
        content = Content(**{**vars(OF_THE_STREET), "review_on": today() + notes.CHECK_AFTER})
        notes.write(area=street, content=content, by=_actor(f"clerk{JINJIANG.suffix}"))
        made += 1
    if made:
        say(f"knowledge notes written: {made}")
    return made


def _actor(username: str) -> actors.Actor:
    return actors.of_user(User.objects.get(username=username))
