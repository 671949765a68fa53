"""A made-up hospital in which policies for beds and for cleaning are compared on the same patients. Pure: plan and seed in, figures out."""
