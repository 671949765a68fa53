"""The core: what a hospital's beds, visits and queues are and how they may change. Pure: no I/O, no clock, no settings."""
