"""The same rows and the same rules in every engine: rows, plan, and how each engine is given the rows."""
