"""Networks whose code comes in packages of others: how they are built, and what their published weights look like."""
