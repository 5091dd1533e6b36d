"""The demo's own working calendar: 晋江市 closes its offices for one invented typhoon day, 泉港区 does not."""

from datetime import date

from django.utils import timezone

from config.demo_data.places import JINJIANG
from config.demo_data.world import Say
from people import actors, queries
from people.actions import calendars
from people.models import User
from people.office_calendars import DEFAULT, OwnDay
from tenancy import scope

SOURCE = "防台风停工通知（示例数据）"


def publish(say: Say) -> bool:
    """Publish it by the county's desk; False when one is in force already."""
    if queries.calendar_in_force(JINJIANG.code):
        return False
    closed = OwnDay(date(timezone.localdate().year, 8, 28), False, "台风停工一天（示例）")
    desk = actors.of_user(User.objects.get(username=f"county{JINJIANG.suffix}"))
    with scope.place(JINJIANG.code):
        calendars.publish(county=JINJIANG.code, based_on=0, hours=DEFAULT.hours, days=[closed], source=SOURCE, by=desk)
    say("working calendar of 晋江市 published")
    return True
