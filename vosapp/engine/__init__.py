"""Networks and optical flow as tools: propagators, the propagation loop, jobs, devices. No Qt."""
