"""The admissions desk as a view: `page` whole, `waiting` its list, `choice` the request looked at, `coming_free` the hours ahead."""
