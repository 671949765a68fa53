"""For demos and development: weeks of made-up history. No serving module imports it."""
