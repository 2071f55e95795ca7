"""Facts, codes and rules: standard library only, no clock, no files, no SQL, no Qt."""
