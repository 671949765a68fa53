"""The hospital's own provider of sign-ins (OpenID Connect Core 1.0, code flow with PKCE), as a client of it.

`provider` speaks with it: where a browser is sent, what the code it brings back is worth, where one signs out; `tokens` says whether a
token is the provider's, ours and of now; `person` is what comes of it. Before it flow.web, which keeps what a sign-in under way must be
answered with; behind it the one call that the composition root hands in. No token is kept.
"""
