"""The Kratix Promise: its API, its manifest, and the workflow that renders a request's table."""
