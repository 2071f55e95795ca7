"""What can be done, as data: menus, shortcuts, search, and which dialog opens."""
