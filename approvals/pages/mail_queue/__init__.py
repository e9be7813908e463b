"""Admin ▸ Tools ▸ Mail Queue: every mail that goes out, and every one that came in."""
