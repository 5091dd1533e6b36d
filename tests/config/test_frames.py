"""What the phone's menu promises is what the role has."""

import pytest

from people.roles import ADMINISTRATORS, Role


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_administrators_have_no_queues_and_one_way_that_stands_open(sign_in, role: Role) -> None:
    page = sign_in(role).get("/", follow=True).content.decode()
    side = page[page.index('<details class="side-toggle"') : page.index("</details>", page.index('<details class="side-toggle"'))]
    assert "队列" not in side
    assert "data-side" not in side, "a script would fold away the only way"
    assert side.count("<li>") == 1


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.DEPARTMENT_HANDLER, Role.STREET_CLERK, Role.PROPERTY_MANAGER])
def test_those_with_a_desk_find_menu_and_queues_there_and_the_menu_elsewhere(sign_in, role: Role) -> None:
    client = sign_in(role)
    for path, named in (("/desk/", "菜单与工作队列"), ("/compounds/", "菜单")):
        page = client.get(path).content.decode()
        side = page[page.index('<details class="side-toggle"') :]
        summary = side[side.index("<summary") : side.index("</summary>")]
        assert summary.split()[-1] == named
        assert "visually-hidden" not in summary
