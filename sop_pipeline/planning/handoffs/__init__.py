"""From the plan of families to what plants and suppliers get: items, lots, orders. Deciding the families' supply stays out."""
