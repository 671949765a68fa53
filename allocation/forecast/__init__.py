"""How many beds will be occupied in 4, 8 and 24 hours, with the chances of each number: see the README beside this file."""
