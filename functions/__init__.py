"""The edge: each module decodes one event, makes one call, answers."""
