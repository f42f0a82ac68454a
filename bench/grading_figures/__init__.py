"""What `bench/grading.py` measures, part by part."""
