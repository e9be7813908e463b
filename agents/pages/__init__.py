"""Admin | Agents: the computers, names that wait for an administrator, and install codes."""
