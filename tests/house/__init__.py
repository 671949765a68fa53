"""The rules of the house, kept by machine: how the code is cut, what it may see, what it may say."""
