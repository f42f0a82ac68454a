"""The hostile programs themselves, a file for each group or two. Their sources are texts: nothing here runs them."""
