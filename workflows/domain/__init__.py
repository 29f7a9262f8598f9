"""The nouns of the office: people, organisations, offices, programmes, cases, referrals. Knows no BPMN."""
