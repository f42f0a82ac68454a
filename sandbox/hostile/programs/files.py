"""Writing outside, links that lead out, and the tricks of a process file system."""

from sandbox.hostile.judges import attempts
from sandbox.hostile.prelude import CALLS, TRIES
from sandbox.hostile.record import Hostile

GROUP = "files"

PROGRAMS = (
    Hostile(
        "write-outside",
        GROUP,
        "change the caller's file, its folder, the system and the interpreter",
        f"""{TRIES}
import sys
def f(bait):
    def write(path):
        with open(path, "a") as file:
            return file.write("loot")
    library = os.__file__ if os.path.exists(os.__file__) else "/usr/bin/env"
    return tries({{
        "append to the secret": lambda: write(bait["file"]),
        "file beside the secret": lambda: write(bait["folder"] + "/loot"),
        "file in the root": lambda: write("/loot"),
        "file in /usr": lambda: write("/usr/bin/loot"),
        "file in /dev": lambda: write("/dev/loot"),
        "file in the interpreter": lambda: write(library),
        "file beside the interpreter": lambda: write(sys.prefix + "/loot"),
        "chmod": lambda: os.chmod("/usr/bin/env", 0o4777),
        "unlink": lambda: os.unlink("/usr/bin/env"),
        "rename": lambda: os.rename("/usr/bin", "/usr/nib"),
        "times": lambda: os.utime("/usr/bin/env", (0, 0)),
        "attributes": lambda: os.setxattr("/usr/bin/env", "user.loot", b"1"),
        "truncate": lambda: os.truncate("/usr/bin/env", 0),
    }})
""",
        attempts,
    ),
    Hostile(
        "symbolic-links",
        GROUP,
        "reach outside through symbolic links and paths that go up",
        f"""{TRIES}
def f(bait):
    links = {{}}
    for name, target in {{"secret": bait["file"], "up": "../" * 20 + bait["file"], "folder": bait["folder"]}}.items():
        try:
            os.symlink(target, "/tmp/" + name)
        except OSError as error:
            links["symlink " + name] = ["stopped", errno.errorcode[error.errno]]
    os.path.islink("/tmp/loop") or tries({{"loop": lambda: os.symlink("loop", "/tmp/loop")}})
    return links | tries({{
        "open the link": lambda: open("/tmp/secret").read(),
        "write by the link": lambda: open("/tmp/secret", "w").close(),
        "open the link upwards": lambda: open("/tmp/up").read(),
        "file below the link": lambda: open("/tmp/folder/loot", "w").close(),
        "open a loop": lambda: open("/tmp/loop").read(),
    }})
""",
        attempts,
    ),
    Hostile(
        "hard-links",
        GROUP,
        "keep or change files of others by hard links",
        f"""{TRIES}
def f(bait):
    return tries({{
        "link the secret": lambda: os.link(bait["file"], "/tmp/secret"),
        "link a system file": lambda: os.link("/usr/bin/env", "/tmp/env"),
        "link a system file beside": lambda: os.link("/usr/bin/env", "/usr/bin/loot"),
        "link the password file": lambda: os.link("/etc/passwd", "/tmp/passwd"),
    }})
""",
        attempts,
    ),
    Hostile(
        "proc",
        GROUP,
        "walk out through /proc: root, cwd, exe, fd and memory of processes, kernel settings",
        f"""{TRIES}
def f(bait):
    def write(path, text):
        with open(path, "w") as file:
            return file.write(text)
    places = ["self/root/etc/passwd", "self/cwd", "self/mem", "self/maps", "self/environ",
              "1/root/etc/passwd", "1/cwd", "1/exe", "1/fd", "1/ns/mnt", "thread-self/root", "mounts", "net/unix",
              "sysrq-trigger", "sys/kernel/core_pattern", "keys", "sched_debug", "kmsg", "config.gz"]
    return tries({{f"open {{place}}": lambda place=place: os.open("/proc/" + place, os.O_RDONLY)
                  for place in places}}) | tries({{
        "core pattern": lambda: write("/proc/sys/kernel/core_pattern", "|/tmp/loot"),
        "sysrq": lambda: write("/proc/sysrq-trigger", "b"),
        "user map": lambda: write("/proc/self/uid_map", "0 0 1"),
        "OOM score": lambda: write("/proc/self/oom_score_adj", "-1000"),
        "own program": lambda: write("/proc/self/exe", "x"),
        "own memory": lambda: write("/proc/self/mem", "x"),
        "control groups": lambda: os.listdir("/sys/fs/cgroup"),
    }})
""",
        attempts,
    ),
    Hostile(
        "leave-the-root",
        GROUP,
        "leave the root by an open folder, by fchdir and by chroot",
        f"""{CALLS}
def f(bait):
    def upwards():
        return os.open("../.." + bait["file"], os.O_RDONLY, dir_fd=os.open("/", os.O_RDONLY))
    def climb():
        os.chdir("/")
        for _ in range(50): os.chdir("..")
        return open("etc/passwd").read()
    return calls(chroot=(161, b"/tmp")) | tries({{
        "climb": climb,
        "open relative to the root": upwards,
        "openat2": lambda: call(437, -100, b"/etc", ctypes.create_string_buffer(24), 24),
    }})
""",
        attempts,
    ),
    Hostile(
        "special-files",
        GROUP,
        "make devices, named pipes and sockets that others might open",
        f"""{CALLS}
import stat
def f(bait):
    return calls(mknod=(133, b"/tmp/a", stat.S_IFBLK | 0o666, 0x800),
                 mknodat=(259, -100, b"/tmp/b", stat.S_IFCHR | 0o666, 0x105)) | tries({{
        "mknod of a pipe": lambda: os.mkfifo("/tmp/pipe"),
        "mknod of a socket": lambda: os.mknod("/tmp/socket", stat.S_IFSOCK | 0o666),
    }})
""",
        attempts,
    ),
    Hostile(
        "set-user-files",
        GROUP,
        "make a program that runs as root, take one of the system, and see whether those that run as root would do so",
        f"""{CALLS}
def f(bait):
    def give_to_root():
        with open("/tmp/own", "w") as file:
            file.write("#!/usr/bin/id")
        os.chmod("/tmp/own", 0o4755)  # as its owner: that is nobody else
        os.chown("/tmp/own", 0, 0)
    def start(path):
        # The kernel starts it as its owner unless one of these is on.
        if call(157, 39, 0, 0, 0, 0) or os.statvfs(path).f_flag & os.ST_NOSUID:
            raise PermissionError(errno.EPERM, "as oneself only")
        return "as its owner"
    programs = ("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/mount", "/usr/bin/env")
    return tries({{
        "owner of an own program": give_to_root,
        "owner of the system's": lambda: os.chown("/usr/bin/env", os.geteuid(), os.getegid()),
        "mode of the system's": lambda: os.chmod("/usr/bin/env", 0o4755),
        "become root": lambda: os.seteuid(0),
    }} | {{f"start {{path}}": lambda path=path: start(path) for path in programs if os.path.exists(path)}})
""",
        attempts,
    ),
)
"""All of this group."""
