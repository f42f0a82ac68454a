"""A process that is out of file descriptors."""

import contextlib
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def few_descriptors(left: int = 0) -> Iterator[None]:
    """This process can open only `left` more files, until the end of the block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(map(int, os.listdir("/proc/self/fd")))
    with contextlib.ExitStack() as held:
        files = []
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1 + left, hard))
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        with contextlib.suppress(OSError):
            while True:
                files.append(os.open("/dev/null", os.O_RDONLY))
        for file in files[left:]:
            held.callback(os.close, file)
        for file in files[:left]:
            os.close(file)
        yield
