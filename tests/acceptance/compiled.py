"""Loaded once by the process whose forks are hospitals (`loaded.py`): every page compiled, so that none of them has to."""

from flow.templating import Templates

_environment = Templates()._environment
for _name in _environment.list_templates(extensions=["html"]):
    _environment.get_template(_name)
