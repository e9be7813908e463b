"""For machines that watch over pmconsole: liveness and readiness. No secret and no session is here."""
