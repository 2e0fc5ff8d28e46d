"""Texts: read, tidied, split into sections, passages and words."""
