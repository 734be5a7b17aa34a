"""Values in; messages, buttons that last, and answers to errors out."""
