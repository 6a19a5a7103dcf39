"""Sales and operations planning, assembled every night from the departments' extracts."""
