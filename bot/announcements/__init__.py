"""The dates that come round, and what is posted on them: each announcement once, on its local day."""
