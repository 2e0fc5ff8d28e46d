"""Errors of a library or a model.

    LibraryError
    ├── LibraryUnusable   it cannot be read or written here (permissions, full disk), or is a newer program's
    ├── LibraryDamaged    the database is not one of ours, or is broken
    ├── ModelMismatch     the library was indexed with another model
    ├── ModelUnavailable  the model named cannot be loaded
    └── UnknownDocument   no document has that id

Every message is a sentence that ends in what to do.
"""

from __future__ import annotations


class LibraryError(Exception):
    """The library cannot do what was asked; ``str(error)`` is for its user."""


class LibraryUnusable(LibraryError):
    """The library cannot be read or written here, or by this version of the program."""


class LibraryDamaged(LibraryError):
    """The library's database is broken or of another format."""


class ModelMismatch(LibraryError):
    """The library's vectors come from another model than the one named."""


class ModelUnavailable(LibraryError):
    """The model named cannot be loaded."""


class UnknownDocument(LibraryError):
    """No document of the library has the id."""
