"""The catalogue: what documents say of trials, drugs, targets and terms, by rules, each field with its sentence."""
