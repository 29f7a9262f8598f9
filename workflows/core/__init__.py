"""The ground floor: settings, database, transactions, errors, audit, mail, files. Knows neither BPMN nor HTTP."""
