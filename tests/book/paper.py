"""What stands in a PDF, read as Chromium shows it."""

import pypdfium2


def texts(document):
    """The text of each page, where a hyphen ends a line with that hyphen."""
    pages = [page.get_textpage() for page in pypdfium2.PdfDocument(document)]
    return [page.get_text_bounded().replace("\x02", "-") for page in pages]
