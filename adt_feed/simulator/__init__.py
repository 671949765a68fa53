"""A hospital's day, made up: the patients, nurses, cleaners and desks of the demo. Before it the plan; after it the listener and the desk.

The model is a seedable chain of timed actions: a letter to send over MLLP, or a command that a person gives. It looks at the
hospital as it stands before each step, so that a user of the demo may act as well. `model` is pure; `live` sends in real time,
`history` plays past weeks; `world` holds what all share, and each other module is one kind of people at work.
"""
