"""What a file of a company is and how it maps to an extract: proposed from headings, values and known keys. Landing it stays out."""
