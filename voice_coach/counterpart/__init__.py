"""Who answers: a person with a reason, moved by being understood and closed by pressure. Pure."""
