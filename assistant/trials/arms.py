"""Treatments in the name of an arm, and drugs in any text, as concepts."""

from __future__ import annotations

from corpus.vocabulary.concepts import Concept
from corpus.vocabulary.terms import Terms

DRUG_CATEGORIES = frozenset({"drug", "drug code"})
"""Of concepts that are drugs."""
ARM_CATEGORIES = DRUG_CATEGORIES | {"treatment", "route"}
"""Of concepts that tell arms apart."""


def arm_key(text: str, terms: Terms) -> frozenset[str]:
    """The treatments in an arm's name, as concepts, wider ones in place of "platinum-based chemotherapy"."""
    found: set[str] = set()
    for mention in terms.find(text):
        if mention.concept.category in ARM_CATEGORIES:
            wider = [id for id in mention.concept.implies if terms.concepts[id].category == mention.concept.category]
            found.add(wider[-1] if wider else mention.concept.id)
    return frozenset(found)


def drugs_in(text: str, terms: Terms) -> list[tuple[Concept, str]]:
    """The drugs that a text names, each once, with how it prints them."""
    named = {m.concept.id: (m.concept, m.span.of(text)) for m in terms.find(text)}
    return [pair for pair in named.values() if pair[0].category in DRUG_CATEGORIES]
