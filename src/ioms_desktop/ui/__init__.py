"""The window: the only Qt.

What every screen is built from, and where it is explained:

* ``theme``: colours, sizes, fonts; ``icons``: Lucide, in the theme's colours;
* ``tasks``: the one door to a thread; ``errors``: where a bug ends;
* ``register``, ``register_view``: every list; ``chips``: RAG and clocks as word, shape and colour;
* ``form``, ``fields``, ``choice_fields``, ``dated_fields``, ``picker``: every form;
* ``typed``: dates as people type them;
* ``dialog``: the dialog that sends one command;
* ``actions``: menus, toolbar, shortcuts and quick search from one list;
* ``widgets``: headings, message bar, empty states, announcements.
"""
