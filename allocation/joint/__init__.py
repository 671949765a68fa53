"""The joint plan: a bed for everyone who waits, chosen together, and the moves that would free a scarce one. Pure."""
