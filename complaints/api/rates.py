"""The three rates through the API: the numbers, and the tickets behind them."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import indicator_queries
from complaints.call_queries import reads_calls
from complaints.indicator_queries import BY, Line, Only
from complaints.indicators import COUNTED, FOR, Rate, Why
from complaints.states import State
from people.api.requests import View, actor_of
from tenancy import clock
from tenancy.api.schema import operation
from tenancy.api.serializers import LARGEST_ID, Place, Strict
from tenancy.refusals import NotThere

MOST_ROWS = 500
HOW = [(name, name) for name in ("for", "of", *Why.values)]
SIDES = [(name, name) for name in ("for", "against", "out")]


class RatesQuery(Strict):
    """Days of filing, both included; this month when left out."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    by = serializers.ChoiceField(choices=[(name, name) for name in BY], required=False, default="organisation")


class RateRowsQuery(Strict):
    """Which tickets."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    area = Place(required=False, help_text="Only of this place.")
    organisation = serializers.IntegerField(
        required=False, min_value=0, max_value=LARGEST_ID, help_text="Only of this organisation; 0: nobody leads yet."
    )
    rate = serializers.ChoiceField(choices=Rate.choices, required=False)
    how = serializers.ChoiceField(choices=HOW, required=False, help_text="With `rate`: numerator, denominator, or a reason.")
    start = serializers.IntegerField(required=False, default=0, min_value=0, max_value=10**7, help_text="Rows to pass over.")


class Share(serializers.Serializer[Any]):
    """So many of so many, as whole numbers."""

    rate = serializers.ChoiceField(choices=Rate.choices)
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Tickets that are not in the denominator.")


class RateLine(serializers.Serializer[Any]):
    name = serializers.CharField()
    area = serializers.IntegerField(allow_null=True)
    organisation = serializers.IntegerField(allow_null=True)
    since = serializers.DateField()
    until = serializers.DateField()
    tickets = serializers.IntegerField()
    rates = Share(many=True)


class RatesShown(serializers.Serializer[Any]):
    total = RateLine()
    lines = RateLine(many=True)


class Counted(serializers.Serializer[Any]):
    """What a ticket counts for."""

    rate = serializers.ChoiceField(choices=Rate.choices)
    side = serializers.ChoiceField(choices=SIDES)
    why = serializers.ChoiceField(choices=Why.choices)


class RateRow(serializers.Serializer[Any]):
    number = serializers.CharField()
    area = serializers.IntegerField()
    organisation = serializers.IntegerField(allow_null=True)
    filed_on = serializers.DateField()
    state = serializers.ChoiceField(choices=State.choices)
    rates = Counted(many=True)


class RateRows(serializers.Serializer[Any]):
    total = serializers.IntegerField(help_text="How many there are in all.")
    results = RateRow(many=True)


def _asked(request: Request, query: type[Strict]) -> dict[str, Any]:
    if not reads_calls(actor_of(request)):
        raise NotThere
    asked = query(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    today = clock.today()
    return {"since": today.replace(day=1), "until": today, **asked.validated_data}


def _line(line: Line) -> dict[str, Any]:
    only = line.only
    kept = {"area": only.area, "organisation": only.organisation, "since": only.since, "until": only.until}
    shares = [
        {
            "rate": rate,
            "numerator": line.sum.numerator(rate),
            "denominator": line.sum.denominator(rate),
            "left_out": line.sum.left_out(rate),
        }
        for rate in Rate
    ]
    return {"name": line.name, **kept, "tickets": line.sum.tickets, "rates": shares}


class RatesView(View):
    """响应率、解决率、满意率."""

    @operation(RatesShown, summary="The three rates", operation_id="rates_get", query=RatesQuery, refuses={404})
    def get(self, request: Request) -> Response:
        """Of what the caller watches over, by organisation, compound or month of filing, as tickets stand now."""
        given = _asked(request, RatesQuery)
        by = given.pop("by")
        total, lines = indicator_queries.lines(actor_of(request), by, Only(**given), clock.now())
        return Response(RatesShown({"total": _line(total), "lines": [_line(line) for line in lines]}).data)


class RateRowsView(View):
    """The tickets behind the rates."""

    @operation(RateRows, summary="Tickets of the three rates", operation_id="rates_tickets", query=RateRowsQuery, refuses={404})
    def get(self, request: Request) -> Response:
        """Each with what it counts for and why, newest first, at most 500 at a time."""
        given = _asked(request, RateRowsQuery)
        start = given.pop("start")
        found = indicator_queries.rows(actor_of(request), Only(**given), clock.now())
        rows = [
            {
                **{name: getattr(each, name) for name in ("number", "area", "organisation", "filed_on", "state")},
                "rates": [{"rate": rate, "side": _side(why), "why": why} for rate, why in counts.items()],
            }
            for each, counts in found[start : start + MOST_ROWS]
        ]
        return Response(RateRows({"total": len(found), "results": rows}).data)


def _side(why: Why) -> str:
    return "for" if why in FOR else "against" if why in COUNTED else "out"
