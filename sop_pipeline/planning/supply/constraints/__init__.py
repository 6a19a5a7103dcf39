"""One function per constraint of the supply model; each allocates its own blocks. Prices, strategies and the solver stay out."""
