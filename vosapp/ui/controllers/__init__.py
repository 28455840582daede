"""Controllers: Qt objects of the GUI thread that turn signals of widgets into changes of the session."""
