"""Text that hostile programs begin with: how they note what happened to each of their tries."""

TRIES = '''
import errno, os

def tries(actions):
    """Each action's end: ["got", what came of it] or ["stopped", the name of the error]."""
    loot = {}
    for name, action in actions.items():
        try:
            loot[name] = ["got", str(action())[:300]]
        except OSError as error:
            loot[name] = ["stopped", errno.errorcode.get(error.errno, str(error))]
    return loot
'''

CALLS = f'''
import ctypes
{TRIES}
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

def call(number, *arguments):
    """A raw system call; raises OSError."""
    done = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if type(a) is int else a for a in arguments])
    if done == -1:
        raise OSError(ctypes.get_errno(), "refused")
    return done

def calls(**numbers_and_arguments):
    return tries({{name: (lambda given=given: call(*given)) for name, given in numbers_and_arguments.items()}})
'''

NAMED = f'''
{CALLS}
def named(bait):
    """Give this process, and those that it makes, a name by which the caller finds one that is left."""
    libc.prctl(15, bait["mark"].encode(), 0, 0, 0)
'''
