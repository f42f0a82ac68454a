"""Versioned prompt files (Markdown with front matter) and their loader. Knows nothing of models or problems."""
