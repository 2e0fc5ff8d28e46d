"""Concepts of oncology trials in general, known to every library before its documents state any."""

from __future__ import annotations

from functools import cache
from importlib import resources

from corpus.vocabulary.adverse_events import adverse_event_concepts
from corpus.vocabulary.concepts import Concept, read_glossary
from corpus.vocabulary.drugs import drug_concepts


@cache
def general_concepts() -> tuple[Concept, ...]:
    """Those of ``concepts.tsv``, adverse events, drugs."""
    lexicon = (resources.files("corpus.vocabulary") / "lists" / "concepts.tsv").read_text(encoding="utf-8")
    return (*read_glossary(lexicon), *adverse_event_concepts(), *drug_concepts())
