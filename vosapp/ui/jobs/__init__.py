"""Background jobs: threads, their messages, the io queue, and how jobs are stopped."""
