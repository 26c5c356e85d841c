"""A view as an element of a page: what a notebook shows, and what it stores.

Where a notebook is executed for the book, an output holds the packed numbers and one
line that calls the script; the book has the script once, as a file of its own. Anywhere
else each output brings the script along: a front end may show every output in a frame
of its own, forget the first one or export a single cell. In a page that has the script
already, a second copy of it only draws what is new.
"""

import os
from dataclasses import dataclass

from companion.views.runtime import script

# Set in the environment of a kernel that executes the book's notebooks.
BOOK = "COMPANION_VIEWS"


@dataclass(frozen=True, repr=False)
class View:
    """What a notebook shows when it is the last value of a cell."""

    kind: str  # "head", "model", "neuron", "layers"
    id: str  # of its element; it depends on what is shown, and on nothing else
    packed: str  # the numbers, as `packing.pack` writes them
    words: str  # what is shown, for a page without scripts
    height: int  # pixels, about, so that a page does not jump when the view is drawn

    def html(self) -> str:
        """Return the element with the packed numbers, and the line that draws it."""
        return (
            f'<div class="attention-view" id="{self.id}" data-kind="{self.kind}" '
            f'data-packed="{self.packed}" style="min-height: {self.height}px">'
            f"<p>{self.words[0].upper()}{self.words[1:]}. The picture is drawn by a "
            "script: it shows in the built book, and in a notebook when the cell is "
            "run.</p></div>\n<script>window.insideBert?.draw()</script>"
        )

    def _repr_html_(self) -> str:
        if BOOK in os.environ:
            return self.html()
        return f"<script>{script()}</script>\n{self.html()}"

    def __repr__(self) -> str:
        return f"<{self.kind} view: {self.words}>"
