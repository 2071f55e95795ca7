"""The only SQL: schema, transactions, queries, search, history, audit."""
