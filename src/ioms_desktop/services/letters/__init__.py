"""Letters from templates: what a case fills in, the preview, and keeping one as it was sent."""
