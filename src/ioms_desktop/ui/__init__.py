"""The user interface; the only package that uses Qt.

The parts from which screens and dialogs are built:

* ``theme``: colours, sizes, fonts and icons; ``widgets``: headings, message bar, empty states, chips;
* ``tasks``: background work; ``errors``: unexpected errors;
* ``lists``: every list; ``forms``: every form and its fields; ``dialogs``: the dialog that sends one command;
* ``actions``: menus, shortcuts and quick search from one list; ``screen``: the base class of screens.
"""
