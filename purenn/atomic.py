"""Replacing a file so that it is whole at every moment.

Writing over a file destroys the old contents first and brings the new ones after. Between
the two lies a moment, or with a full disk an eternity, in which neither exists; a training
that ran all night must not be lost to it. The remedy is old and simple:

    model.safetensors                 the old file, untouched until the end
    .model.safetensors.5f1c....tmp    the new one is written here, beside it
          |
          |  1. write everything   2. flush   3. fsync: the disk really has it
          v
    model.safetensors                 4. os.replace: one step; the name now means the new file
                                      5. fsync the folder: the disk knows the new name too

The new file lies in the same folder because a rename is one step only within one file
system. Step 3 comes before 4 because some file systems write names before contents: after a
power cut the name would point to an empty file. If anything fails before step 4, the
temporary file is removed and the old file has not been touched.

What was decided, and why:

- *A symbolic link stays a link*: the file that it points to is replaced.
- *Permissions*: a file that existed keeps its permission bits, and a file marked read-only is
  not replaced. A new one gets what the umask allows. The owner is whoever saves; a further
  hard link to the old file goes on naming the old contents.
- *Only ordinary files are replaced*: not a folder, and not a device, because as root a rename
  onto `/dev/null` would succeed.
- *Leftovers*: a process killed outright cannot tidy up, and its temporary file stays until the
  same path is saved again: then it is removed. Whoever writes holds a lock on the temporary file,
  and a lock ends with its process, so a file that somebody is still writing is told from one that
  nobody will finish. (Windows has no such lock, but lets nobody remove a file that is open.)
- *Two processes saving to one path* write two temporary files; the last rename wins, and the
  path always names one whole file.

Imports: nothing of purenn. Everything that writes files uses it.
"""

import errno
import os
import re
import stat
from contextlib import contextmanager
from typing import BinaryIO, Callable, Iterator, List, Optional, Union

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

Path = Union[str, "os.PathLike[str]"]


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Call `write(file)`; when it returns, put what it wrote in the place of `path`.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> path = os.path.join(folder, "greeting.txt")
    >>> replace_file(path, lambda file: file.write(b"good morning"))
    >>> with open(path, "rb") as file:
    ...     file.read()
    b'good morning'
    >>> os.listdir(folder)
    ['greeting.txt']

    Raises what `atomic_write` raises.
    """
    with atomic_write(path) as file:
        write(file)


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Open a buffered binary file that takes the place of `path` when the block ends well.

    If the block does not end well (an exception of any kind, Ctrl-C, a full disk), the new
    file is removed, the old one is as it was, and the exception goes on its way.

    Raises OSError, of the subclass that fits (PermissionError, IsADirectoryError,
    FileNotFoundError for a missing folder, ...), with a message that names the path.
    """
    name = os.fsdecode(path)
    target = _target(name)
    _clear_leftovers(target)
    temporary = _sibling(target)
    try:
        with _created_and_locked(temporary, _permissions(target)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if fcntl is not None:
                os.replace(temporary, target)  # still locked, so that nobody clears it away now
        if fcntl is None:
            os.replace(temporary, target)  # Windows renames no file that is open
    except BaseException as error:
        _remove(temporary)
        if isinstance(error, OSError) and error.errno and error.filename in (None, temporary):
            raise _refusal(error.errno, (error.strerror or "it failed").lower(), name) from error
        raise
    _sync_folder(os.path.dirname(target))


def _target(name: str) -> str:
    """Return the path of the file to replace, links followed, or say why it cannot be one."""
    target = os.path.realpath(name)
    if os.path.isdir(target) or not os.path.basename(name):
        raise _refusal(errno.EISDIR, "this names a folder", name)
    if os.path.islink(target):
        raise _refusal(errno.ELOOP, "symbolic links go round in a circle", name)
    if not os.path.exists(target):
        _check_folder(os.path.dirname(target), name)
    elif not os.path.isfile(target):
        raise _refusal(errno.EINVAL, "this is no ordinary file", name)
    elif not os.access(target, os.W_OK):
        raise _refusal(errno.EACCES, "the file is write-protected", name)
    return target


def _check_folder(folder: str, name: str) -> None:
    if not os.path.exists(folder):
        raise _refusal(errno.ENOENT, f"there is no folder {folder}", name)
    if not os.path.isdir(folder):
        raise _refusal(errno.ENOTDIR, f"{folder} is no folder", name)


def _refusal(number: int, reason: str, name: str) -> OSError:
    """Build the OSError for one of the system's error numbers; Python picks the subclass.

    It names the file that was to be saved, and never the temporary one, which nobody knows.
    """
    return OSError(number, f"cannot save, {reason}", name)


def _sibling(target: str) -> str:
    """Choose a name beside the target; 64 random bits keep it different from every other."""
    folder, name = os.path.split(target)
    return os.path.join(folder, f".{name[:40]}.{os.urandom(8).hex()}.tmp")


def _created(temporary: str, kept: Optional[int]) -> BinaryIO:
    """Create the temporary file, with the permissions of the old file if there is one.

    It never has more than those, not even for a moment: what was private stays private.
    """
    def opener(path: str, flags: int) -> int:
        return os.open(path, flags, 0o666 if kept is None else kept)

    return open(temporary, "xb", opener=opener)


def _permissions(path: str) -> Optional[int]:
    try:
        return stat.S_IMODE(os.stat(path).st_mode) & 0o777
    except FileNotFoundError:
        return None


def _created_and_locked(temporary: str, kept: Optional[int]) -> BinaryIO:
    """Create the temporary file so that nobody takes it for a leftover.

    Between its creation and its lock somebody may have done so and removed it: then once more.
    """
    while True:
        file = _created(temporary, kept)
        _lock(file, wait=True)
        if os.path.exists(temporary):
            if kept is not None and kept != _permissions(temporary):
                os.chmod(temporary, kept)
            return file
        file.close()


def _lock(file: BinaryIO, wait: bool = False) -> bool:
    """Lock a file for as long as it is open; return False if somebody else has locked it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        pass  # a file system without locks
    return True


def _clear_leftovers(target: str) -> None:
    """Remove temporary files of this target that a killed process has left."""
    folder, name = os.path.split(target)
    leftover = re.compile(re.escape(f".{name[:40]}.") + r"[0-9a-f]{16}\.tmp")
    for one in _files_in(folder):
        if leftover.fullmatch(one):
            path = os.path.join(folder, one)
            try:
                with open(path, "rb") as file:
                    if _lock(file):
                        os.remove(path)
            except OSError:
                pass  # gone in the meantime, or not ours to remove


def _files_in(folder: str) -> List[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []  # a folder may let itself be written to, but not looked into


def _remove(temporary: str) -> None:
    try:
        os.remove(temporary)
    except OSError:
        pass  # already renamed, or beyond our reach: a leftover does no harm


def _sync_folder(folder: str) -> None:
    """Ask the disk to remember the new name, where the system lets folders be opened.

    A failure is no reason to complain: the new file is in its place and whole. At worst a
    power cut within the next seconds brings back the old file, which is whole as well.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
