"""Weights by name: a catalogue with checksums, and a folder of files that were checked against it."""

from serving.models.catalogue import Catalogue, ModelEntry
from serving.models.fetch import Progress
from serving.models.store import ModelStatus, ModelStore, VerifyReport

__all__ = ["Catalogue", "ModelEntry", "ModelStatus", "ModelStore", "Progress", "VerifyReport"]
