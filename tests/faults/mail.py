"""A post office for the fault tests: writes down each message that was handed over, so that copies can be counted."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

FOLDER_VARIABLE = "MULIN_FAULTS_MAIL"


class RecordingBackend(BaseEmailBackend):
    """One line per message, in one write: a killed worker leaves a whole line or none."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        path = Path(os.environ[FOLDER_VARIABLE])
        for message in email_messages:
            message.message()  # builds it as a mail server would get it, so that a broken one fails here
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, f"{message.extra_headers['Message-ID']}\n".encode())
            finally:
                os.close(descriptor)
        return len(email_messages)


def handed_over(path: Path) -> Counter[str]:
    """How often each Message-ID was handed over; keys are the notices' ids."""
    lines = path.read_text().split() if path.exists() else []
    return Counter(line.removeprefix("<").removesuffix("@mulin>") for line in lines)
