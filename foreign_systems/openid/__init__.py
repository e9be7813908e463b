"""OpenID Connect, as the party that relies on a provider: the authorization code flow with PKCE.

Read in this order: `settings.py` is what a provider's item keeps; `fetch.py` asks the provider, at a
checked address; `protocol.py` is the flow: where to send the browser, and what comes back, verified.
Neither knows the database.
"""
