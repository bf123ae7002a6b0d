"""Requests that nobody thought of, out of the OpenAPI document."""
