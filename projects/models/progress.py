"""How a project comes along: milestones, weekly reports, photos from the same spot, and what residents say of the result."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from communities.models import Home
from files.models import Photo
from people.models import User
from projects.models.projects import Project
from projects.states import Stage
from tenancy.scoped import ScopedModel


class Milestone(ScopedModel):
    """A step of the work with its weight; the project's percent is the weighted mean of its milestones' percents."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="milestones", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    weight = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["project", "position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="projects_milestone_position_once"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="projects_milestone_weight"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="projects_milestone_percent"),
        ]

    def __str__(self) -> str:
        return self.name


class WeekReport(ScopedModel):
    """周进度: what was said of a week, by its Monday; `percent` is the project's when it was said. Never changed."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="reports", db_constraint=False)
    week = models.DateField()
    percent = models.PositiveSmallIntegerField()
    text = models.TextField()
    delay = models.CharField(max_length=300, blank=True, help_text="Why it is behind.")
    reported_at = models.DateTimeField(db_default=Now(), editable=False)
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["project", "-week"], name="projects_report_week")]
        triggers = [pgtrigger.ReadOnly(name="append_only", exclude=["area"])]

    def __str__(self) -> str:
        return f"{self.project_id} {self.week}"


class ProjectPhoto(ScopedModel):
    """A photo of a project: before, during or after, named by the spot it was taken from, so that like stands beside like."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="photos", db_constraint=False)
    report = models.ForeignKey(WeekReport, on_delete=models.PROTECT, related_name="photos", null=True, db_constraint=False)
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    stage = models.CharField(max_length=6, choices=Stage.choices)
    spot = models.CharField(max_length=40)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["project", "photo"], name="projects_photo_once")]

    def __str__(self) -> str:
        return f"{self.spot} {self.stage}"


class Verdict(ScopedModel):
    """居民验收: what one resident says of the result in one round, once for each home that they speak for."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="verdicts", db_constraint=False)
    round = models.PositiveSmallIntegerField()
    home = models.ForeignKey(Home, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    good = models.BooleanField()
    text = models.CharField(max_length=300, blank=True)
    said_at = models.DateTimeField(db_default=Now(), editable=False)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "round", "said_by"], name="projects_verdict_person_once"),
            models.UniqueConstraint(
                fields=["project", "round", "home"], condition=Q(home__isnull=False), name="projects_verdict_home_once"
            ),
            models.CheckConstraint(condition=Q(good=True) | ~Q(text=""), name="projects_verdict_no_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {'yes' if self.good else 'no'}"
