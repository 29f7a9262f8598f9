"""The verbs of people: one function per thing a person, a mail link or the clock can do."""
