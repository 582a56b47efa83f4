"""Reads ACK's objects and writes HealthRecords, through the API server of a cluster."""
