"""Choosing beds and saying why. Pure: requests and the hospital as it stands in, ranked beds with reasons out."""
