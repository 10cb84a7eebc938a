"""What was just said: recognises conversational moves in one utterance. Pure; rules are YAML."""
