"""The window: the only Qt.

What every screen and dialog is built from:

* ``theme``: colours, sizes, fonts and icons; ``widgets``: headings, message bar, empty states, chips;
* ``tasks``: the only way to a thread; ``errors``: where an unexpected fault ends;
* ``lists``: every list; ``forms``: every form and its fields; ``dialogs``: the dialog that sends one command;
* ``actions``: menus, shortcuts and quick search from one list; ``screen``: what a screen is.
"""
