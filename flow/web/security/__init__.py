"""Who comes in: sessions, tokens, devices, the gate before every route, and the rules for browsers (CSP, CSRF, limits)."""
