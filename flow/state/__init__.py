"""Redis: the live picture, a cache that may be flushed at any moment. Only this room speaks to Redis."""
