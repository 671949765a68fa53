"""The API of version 1: JSON in and out, typed by the models that also make its OpenAPI description."""
