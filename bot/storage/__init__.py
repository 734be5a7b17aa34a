"""What outlives a restart: tables, one door for writing, migrations, and one module of statements per subject."""
