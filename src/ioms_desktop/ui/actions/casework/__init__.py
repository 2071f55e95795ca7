"""The actions on what goes on while a case is worked on: custody, orders and conditions, plans."""
