"""Text that programs of tests begin with, to make raw system calls and to note how a try ended."""

SYSCALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def syscall(number, *args):
    args = [ctypes.c_char_p(a) if isinstance(a, bytes) else ctypes.c_long(a) for a in args]
    done = libc.syscall(ctypes.c_long(number), *args)
    return ctypes.get_errno() if done == -1 else 0
"""
"""Gives the error number of a raw system call, 0 for none. It imports `ctypes` and `os`."""
TRY = """
def errno_of(action):
    try:
        action()
    except OSError as error:
        return error.errno
    return 0
"""
"""Gives the error number of the `OSError` that an action raises, 0 for none."""
