"""The review pack: what the meeting looks at, made of the published tables. Nothing is planned here, no table is read or written here."""
