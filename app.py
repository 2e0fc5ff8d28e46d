"""The program: settings, wiring and the page.

``python app.py`` serves the chat page; ``bsab`` is the same program with all its commands.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from assistant.cli import main as cli
from assistant.cli.commands import language_model, open_index


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``bsab``; returns the exit status."""
    return cli.main(argv, serve)


def serve(arguments: argparse.Namespace) -> None:
    """Serve the chat page until it is stopped."""
    from assistant.accounts import read_accounts
    from assistant.web.server import serve_page

    accounts = read_accounts(arguments.auth) if arguments.auth else None
    index = open_index(arguments)
    serve_page(index, arguments.host, arguments.port, language_model(arguments), arguments.name, accounts)


if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
