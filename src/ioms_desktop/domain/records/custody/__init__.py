"""Records of custody beside its spells: where somebody was taken meanwhile."""
