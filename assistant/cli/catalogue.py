"""The commands that list the catalogue: arguments in, exit status out."""

from __future__ import annotations

import argparse

from assistant.cli.commands import open_index
from assistant.cli.streams import dumps
from corpus.catalogue.entry import Kind


def drugs_command(arguments: argparse.Namespace) -> int:
    """All drugs of the library, with what its documents say of them.

    Raises:
        LibraryError: the library or its model cannot be used.
    """
    return _listed(arguments, "drug")


def terms_command(arguments: argparse.Namespace) -> int:
    """All terms of the library: what short forms stand for, and what its documents say things are.

    Raises:
        LibraryError: the library or its model cannot be used.
    """
    return _listed(arguments, "term")


def trial_catalogue(arguments: argparse.Namespace) -> int:
    """All trials of the library, with what its documents say of how they were done.

    Raises:
        LibraryError: the library or its model cannot be used.
    """
    return _listed(arguments, "trial")


def _listed(arguments: argparse.Namespace, kind: Kind) -> int:
    from assistant.exchange.catalogue import catalogue_json, catalogue_text

    index = open_index(arguments)
    things = catalogue_json(index.library, index.vocabulary.terms, kind)
    if arguments.json:
        print(dumps(things))
        return 0
    for thing in things:
        print(catalogue_text(thing))
    return 0
