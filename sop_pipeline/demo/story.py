def readme(world, blemishes):
    return "# Demo Pumps\n"
