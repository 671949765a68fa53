"""What each part costs, beside a reference in the same run. `make bench`; the commands write their own results."""
