"""What stands in a PDF, read as Chromium shows it."""

import pypdfium2


def texts(document):
    """Return the text of each page; a hyphen at a line's end is kept."""
    pages = [page.get_textpage() for page in pypdfium2.PdfDocument(document)]
    return [page.get_text_bounded().replace("\x02", "-") for page in pages]
