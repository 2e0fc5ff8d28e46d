"""What can go wrong at the program's edge.

    AssistantError
    ├── UsageError   the input is wrong
    └── PortTaken    the page cannot listen on its address

Every message is a sentence that ends in what to do.
"""

from __future__ import annotations


class AssistantError(Exception):
    """The program cannot do what was asked; ``str(error)`` is for its user."""


class UsageError(AssistantError):
    """The input is wrong."""


class PortTaken(AssistantError):
    """The page cannot listen on its address."""
