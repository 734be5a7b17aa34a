"""The campaign's content: its types (models, dates), how it is read (load), searched (search) and dated (calendar)."""
