"""The list that is drawn in one go says what Django's own says."""

import pytest
from bs4 import BeautifulSoup
from django import forms

from tenancy.form_fields import LongSelect

CHOICES = [("", "All"), ("a<b", 'x "y" & <z>'), ("G & 1", [("1", "one"), ("2", "two")])]


def elements(html: str) -> list[tuple[str, dict[str, str], str]]:
    found = BeautifulSoup(html, "html.parser").find_all(True)
    return [(tag.name, dict(tag.attrs), tag.get_text().strip() if tag.name == "option" else "") for tag in found]


@pytest.mark.parametrize("value", ["", "2", "a<b", None, "nobody offered this"])
@pytest.mark.parametrize("attrs", [{}, {"id": "i", "required": True, "aria-describedby": "x"}, {"disabled": False}])
def test_it_says_what_the_usual_one_says(value: str | None, attrs: dict[str, object]) -> None:
    usual = forms.Select(choices=CHOICES).render("n", value, dict(attrs))
    assert elements(LongSelect(choices=CHOICES).render("n", value, dict(attrs))) == elements(usual)
    assert len(elements(usual)) == 6
