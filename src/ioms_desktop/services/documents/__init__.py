"""Adding, reading and handing out documents."""
