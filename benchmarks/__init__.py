"""Measurements, each one command that writes its tables into the README beside it."""
