"""A function as the functions-framework serves it."""

import functions_framework
from flask import Flask
from flask.testing import FlaskClient


def served(name: str) -> FlaskClient:
    """A client of the function with that name."""
    app: Flask = functions_framework.create_app(name, "main.py")  # type: ignore[no-untyped-call]  # it says no types
    return app.test_client()
