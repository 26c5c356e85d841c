"""Pages with panels, as the built book has them."""

from html import escape

from companion import running
from tools.sphinx_ext import live

FRAME = """<!doctype html><html lang="en">
<head><meta charset="utf-8"><title>Live</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="_static/live/live.css">
<script defer src="_static/live/page.js"></script></head>
<body><main><h1>Live</h1>{}</main></body></html>"""


def root(kind, question=running.QUESTION, text=running.CONTEXT):
    return (
        f'<section><div class="live" data-shows="{kind}" '
        f'data-question="{escape(question)}" data-text="{escape(text)}">'
        f"<p>Try.</p>{live.example(question, text)}</div></section>"
    )
