"""Records of what an order or licence asks of somebody, and of what was done when it was not kept."""
