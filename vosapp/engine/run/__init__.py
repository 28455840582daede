"""One run over a clip: its plan, the propagation loop, and the job bodies that window and command line share."""
