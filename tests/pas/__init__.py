"""The public patient admission scheduling benchmark, its rules and weights stated as data for allocation.plan."""
