"""The arms of a study: how they are introduced, by what names they go, and which figure is whose."""
