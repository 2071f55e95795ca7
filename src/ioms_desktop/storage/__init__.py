"""All the SQL: schema, transactions, queries, search, history, audit."""
