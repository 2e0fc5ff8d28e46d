"""Readers: one file a format, one table of them all."""

from __future__ import annotations

from corpus.reading.apart import read_apart
from corpus.reading.files import READABLE, read_file, read_path

__all__ = ["READABLE", "read_apart", "read_file", "read_path"]
