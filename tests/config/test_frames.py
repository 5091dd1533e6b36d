"""What the phone's menu promises is what the role has."""

import pytest

from people.roles import Role


@pytest.mark.parametrize(("role", "ways"), [(Role.SYSTEM_ADMIN, 3), (Role.SECURITY_ADMIN, 1), (Role.AUDIT_ADMIN, 1)])
def test_administrators_have_no_queues_and_a_single_way_stands_open(sign_in, role: Role, ways: int) -> None:
    page = sign_in(role).get("/", follow=True).content.decode()
    side = page[page.index('<details class="side-toggle"') : page.index("</details>", page.index('<details class="side-toggle"'))]
    assert "队列" not in side
    assert ("data-side" in side) == (ways > 1), "a script would fold away the only way"
    assert side.count("<li>") == ways


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.DEPARTMENT_HANDLER, Role.STREET_CLERK, Role.PROPERTY_MANAGER])
def test_those_with_a_desk_find_menu_and_queues_there_and_the_menu_elsewhere(sign_in, role: Role) -> None:
    client = sign_in(role)
    for path, named in (("/desk/", "菜单与工作队列"), ("/compounds/", "菜单")):
        page = client.get(path).content.decode()
        side = page[page.index('<details class="side-toggle"') :]
        summary = side[side.index("<summary") : side.index("</summary>")]
        assert summary.split()[-1] == named
        assert "visually-hidden" not in summary
