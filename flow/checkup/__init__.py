"""What is weak about a deployment, for `bedflow doctor`: one small function a question, each with what to do.

`deployment.py` asks the settings and the files they name, `stores.py` what Postgres and Redis said of themselves (`flow.history.facts`,
`flow.state.facts`), `ways_in.py` who was given one. Nothing here changes anything.
"""
