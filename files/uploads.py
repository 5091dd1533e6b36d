"""Stops an upload while it is still arriving."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

LONGEST_UPLOAD = 9 * 10 * 1024 * 1024 + 1024 * 1024
"""Nine photos of 10 MiB and the form around them."""


class BoundedUploadHandler(FileUploadHandler):
    """Ends a request whose declared length is more than nine photos could need."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # type: ignore[no-untyped-def]  # noqa: N803
        if content_length > LONGEST_UPLOAD:
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
