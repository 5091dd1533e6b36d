"""Tickets (诉求工单) and the catalogue through the API. The same actions and queries as the pages."""
