"""Questions in English or Chinese over biomedical papers, answered with the passages that hold the answer.

from assistant import open_library

with open_library() as library:
    print(library.ask("which trial tested tarlatamab versus chemotherapy").text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.front_door import OpenLibrary, open_library

__all__ = ["OpenLibrary", "open_library"]


def __getattr__(name: str) -> object:
    # Imported when first asked for: the command line needs nothing of it, and each of our files imports this one.
    if name in __all__:
        from assistant.front_door import OpenLibrary, open_library

        return {"OpenLibrary": OpenLibrary, "open_library": open_library}[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
