"""One file per feature, thin: parse, call a service, answer."""
