"""What the caller may know of themselves."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people import second_factor
from people.api.requests import View, actor_of
from people.models import Organisation
from people.roles import Role
from tenancy.api.schema import operation
from tenancy.models import Area


class NamedPlace(serializers.Serializer[Any]):
    code = serializers.IntegerField()
    name = serializers.CharField()


class NamedOrganisation(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class HeldPost(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Role.choices)
    place = NamedPlace()
    organisation = NamedOrganisation(allow_null=True)


class Me(serializers.Serializer[Any]):
    """The caller and the posts held today."""

    username = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField(allow_null=True)
    second_factor = serializers.BooleanField()
    posts = HeldPost(many=True)


class MeView(View):
    """The caller."""

    @operation(Me, summary="Who I am")
    def get(self, request: Request) -> Response:
        """Name and posts held today: which role, in which place, for which organisation."""
        actor = actor_of(request)
        places = dict(Area.objects.filter(code__in={post.area for post in actor.posts}).values_list("code", "name"))
        wanted = {post.organisation_id for post in actor.posts if post.organisation_id}
        organisations = dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name"))
        posts = [
            {
                "role": post.role.value,
                "place": {"code": post.area, "name": places.get(post.area, "")},
                "organisation": {"id": post.organisation_id, "name": organisations[post.organisation_id]}
                if post.organisation_id
                else None,
            }
            for post in actor.posts
        ]
        person = actor.user
        shown = {"username": person.username, "name": person.name, "phone": person.phone, "posts": posts}
        return Response(Me({**shown, "second_factor": second_factor.has_second_factor(person)}).data)
