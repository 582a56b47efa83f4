"""The Kratix Promise: its API, its manifest, and the workflow that turns a request into a table."""
