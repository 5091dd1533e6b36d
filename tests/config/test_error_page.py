"""The page for our own faults stands when everything else has fallen."""

from unittest.mock import patch

from django.test import RequestFactory

from config.errors import server_error


def test_the_page_for_our_own_faults_asks_neither_the_database_nor_any_context_processor() -> None:
    request = RequestFactory().get("/desk/")
    request.request_id = "5" * 32
    request.COOKIES["mulin_type"] = "large"
    with patch("config.context.page", side_effect=RuntimeError):
        answer = server_error(request)
    assert answer.status_code == 500
    assert "5" * 32 in answer.content.decode()
    assert 'data-type="large"' in answer.content.decode()
