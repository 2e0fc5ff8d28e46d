"""How a question is answered: one step a file; ``assistant.answering.assistant`` has them in their order."""
