"""The joint plan: everyone who waits and everyone who lies, placed together over the coming periods. Pure numpy and scipy."""
