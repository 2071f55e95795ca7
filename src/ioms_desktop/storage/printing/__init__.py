"""The register of papers: every copy that left, as it stands in the audit."""
