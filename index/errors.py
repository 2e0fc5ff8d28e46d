"""What can go wrong with a library or a model.

    LibraryError
    ├── LibraryUnusable   the folder cannot be read or written (permissions, full disk)
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
    """The library's folder cannot be read or written."""


class LibraryDamaged(LibraryError):
    """The library's database is broken or of another format."""


class ModelMismatch(LibraryError):
    """The library's vectors come from another model than the one named."""


class ModelUnavailable(LibraryError):
    """The model named cannot be loaded."""


class UnknownDocument(LibraryError):
    """No document of the library has the id."""
