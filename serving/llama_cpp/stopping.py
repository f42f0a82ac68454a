"""Text out of tokens, as they come: characters split over tokens, and stop strings that span tokens."""

import codecs
from collections.abc import Sequence


class TextStream:
    """Accumulates the text of one sample until a stop string appears in it."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._longest = max(map(len, self._stops), default=0)
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.text = ""
        """What was said so far, up to the stop string; bytes of an incomplete character are not in it."""
        self.stopped = False

    def push(self, piece: bytes) -> str:
        """Take the bytes of a token; give the characters that it completed, uncut."""
        new = self._decoder.decode(piece)
        begin = max(0, len(self.text) - self._longest + 1)
        self.text += new
        cuts = [at for stop in self._stops if (at := self.text.find(stop, begin)) >= 0]
        if cuts:
            self.text = self.text[: min(cuts)]
            self.stopped = True
        return new
