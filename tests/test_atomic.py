"""Whatever happens while a file is saved, its path names the whole old file or the whole new."""

import doctest
import errno
import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time

import pytest

from purenn import atomic
from purenn.atomic import atomic_write, replace_file

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
posix = pytest.mark.skipif(os.name != "posix", reason="signals and permissions of POSIX")
OLD, NEW = b"old " * 1000, b"new " * 2000


@pytest.fixture
def path(tmp_path):
    """The path of a file that holds OLD, alone in its folder."""
    file = tmp_path / "model.safetensors"
    file.write_bytes(OLD)
    return file


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def alone(path):
    return os.listdir(os.path.dirname(path)) == [os.path.basename(path)]


def child(program, *arguments, **options):
    """Start a real Python process that runs `program`, with this library on its path."""
    environment = dict(os.environ, PYTHONPATH=HERE, PYTHONDONTWRITEBYTECODE="1")
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)] + [str(word) for word in arguments],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


# ------------------------------------------------------------------ when all goes well

def test_a_new_file_appears_and_nothing_else(tmp_path):
    replace_file(tmp_path / "new", lambda file: file.write(NEW))
    assert contents(tmp_path / "new") == NEW and os.listdir(tmp_path) == ["new"]


def test_an_old_file_is_replaced_by_a_shorter_and_by_an_empty_one(path):
    for data in (NEW, b"x", b""):
        replace_file(str(path), lambda file, data=data: file.write(data))
        assert contents(path) == data and alone(path)


def test_the_old_file_is_there_until_the_block_ends(path):
    with atomic_write(path) as file:
        file.write(NEW)
        file.flush()
        assert contents(path) == OLD
    assert contents(path) == NEW


def test_a_reader_that_has_the_old_file_open_goes_on_reading_it(path):
    with open(path, "rb") as reader:
        first = reader.read(10)
        replace_file(path, lambda file: file.write(NEW))
        assert first + reader.read() == OLD


def test_everything_is_on_the_disk_before_the_name_changes(path, monkeypatch):
    events = []
    really = {name: getattr(os, name) for name in ("fsync", "replace")}

    def fsync(descriptor):
        events.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode)
                      else os.fstat(descriptor).st_size)
        really["fsync"](descriptor)

    def replace(old, new):
        events.append("replace")
        really["replace"](old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    replace_file(path, lambda file: file.write(NEW))
    assert events[:2] == [len(NEW), "replace"]
    assert events[2:] == (["folder"] if os.name == "posix" else [])


@pytest.mark.parametrize("name", ["é \U0001F600.json", "x" * 255, "a b", "-o", ".x", "名" * 80])
def test_names_of_every_kind(tmp_path, name):
    replace_file(tmp_path / name, lambda file: file.write(NEW))
    assert os.listdir(tmp_path) == [name]


def test_a_name_relative_to_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    replace_file("model", lambda file: file.write(NEW))
    assert contents(tmp_path / "model") == NEW and os.listdir(tmp_path) == ["model"]


# ------------------------------------------------------------------ when something fails

class Stop(BaseException):
    pass


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, SystemExit, MemoryError, Stop])
@pytest.mark.parametrize("existed", [True, False])
def test_an_exception_in_the_writer_leaves_everything_as_it_was(path, kind, existed):
    if not existed:
        path.unlink()

    def write(file):
        file.write(NEW)
        raise kind("in the middle")

    with pytest.raises(kind, match="in the middle"):
        replace_file(path, write)
    assert os.listdir(path.parent) == ([path.name] if existed else [])
    assert not existed or contents(path) == OLD


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failing_step_leaves_everything_as_it_was(path, monkeypatch, step):
    def fail(*arguments):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="cannot save, input/output error") as caught:
        replace_file(path, lambda file: file.write(NEW))
    assert caught.value.errno == errno.EIO and caught.value.filename == str(path)
    assert contents(path) == OLD and alone(path)


def test_a_folder_that_cannot_be_synced_is_no_failure(path, monkeypatch):
    really = os.fsync

    def fsync(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    replace_file(path, lambda file: file.write(NEW))
    assert contents(path) == NEW and alone(path)


def test_another_files_error_in_the_block_is_passed_on_untouched(path):
    with pytest.raises(FileNotFoundError) as caught, atomic_write(path):
        open(path.parent / "no such file")
    assert caught.value.filename == str(path.parent / "no such file")
    own = OSError("an error without a number")
    with pytest.raises(OSError, match="an error without a number"), atomic_write(path):
        raise own
    assert contents(path) == OLD and alone(path)


FULL = """
    import resource, sys
    from purenn.atomic import replace_file
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    def write(file):
        for _ in range(int(sys.argv[2])):
            file.write(b"new " * 250)
    try:
        replace_file(sys.argv[1], write)
    except OSError as error:
        print(error.errno, error.filename == sys.argv[1], error)
"""


@posix
@pytest.mark.parametrize("thousands", [101, 1000])  # the limit is met on the last flush, or before
def test_a_file_that_may_not_grow_leaves_the_old_one_whole(path, thousands):
    output, complaints = child(FULL, path, thousands).communicate()
    assert output.decode().startswith(f"{errno.EFBIG} True [Errno {errno.EFBIG}] cannot save")
    assert complaints == b"" and contents(path) == OLD and alone(path)


@posix
def test_a_full_disk_leaves_the_old_file_whole(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("only root can mount a small disk")
    try:
        path = disk / "model"
        path.write_bytes(OLD)
        with pytest.raises(OSError, match="cannot save, no space left on device") as caught:
            replace_file(path, lambda file: file.write(b"x" * 1_000_000))
        assert caught.value.errno == errno.ENOSPC and caught.value.filename == str(path)
        assert contents(path) == OLD and alone(path)
        replace_file(path, lambda file: file.write(NEW))
        assert contents(path) == NEW
    finally:
        subprocess.run(["umount", str(disk)])


# ------------------------------------------------------------------ where nothing can be saved

def refused(path, kind, reason):
    with pytest.raises(kind, match=reason) as caught:
        replace_file(path, lambda file: pytest.fail("the writer should not be called"))
    assert caught.value.filename == str(path)


def test_a_folder_is_not_replaced(tmp_path):
    refused(tmp_path, IsADirectoryError, "cannot save, this names a folder")
    refused(str(tmp_path / "new") + os.sep, IsADirectoryError, "this names a folder")
    assert os.listdir(tmp_path) == []


def test_the_empty_path_is_refused():
    refused("", IsADirectoryError, "this names a folder")


def test_a_missing_folder_is_named(tmp_path):
    refused(tmp_path / "none" / "model", FileNotFoundError, "there is no folder .*none")


def test_a_file_in_the_place_of_the_folder_is_named(path):
    refused(path / "model", NotADirectoryError, "model.safetensors is no folder")
    assert contents(path) == OLD


def test_a_name_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(OSError) as caught:
        replace_file(tmp_path / ("x" * 300), lambda file: file.write(NEW))
    assert caught.value.errno in (errno.ENAMETOOLONG, errno.EINVAL, errno.ENOENT)
    assert os.listdir(tmp_path) == []


@posix
def test_a_device_is_not_replaced(tmp_path):
    refused("/dev/null", OSError, "this is no ordinary file")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", OSError, "this is no ordinary file")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


LOCKED = """
    import os, sys
    from purenn.atomic import replace_file
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        replace_file(sys.argv[1], lambda file: file.write(b"new"))
    except PermissionError as error:
        print(error.filename == sys.argv[1], error)
"""


def as_nobody(path):
    """Try to save to `path` as a user who is not root."""
    output, complaints = child(LOCKED, path).communicate()
    assert complaints == b""
    return output.decode()


@pytest.fixture
def public_path():
    """The path of a file in a folder that every user can reach."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = os.path.join(folder, "model")
        replace_file(path, lambda file: file.write(OLD))
        yield path
        os.chmod(folder, 0o755)


@posix
def test_a_folder_without_write_permission_leaves_the_old_file_whole(public_path):
    os.chmod(public_path, 0o666)
    os.chmod(os.path.dirname(public_path), 0o555)
    assert as_nobody(public_path).startswith(
        f"True [Errno {errno.EACCES}] cannot save, permission denied")
    assert contents(public_path) == OLD and alone(public_path)


@posix
def test_a_write_protected_file_is_not_replaced(public_path):
    os.chmod(public_path, 0o444)
    os.chmod(os.path.dirname(public_path), 0o777)
    assert as_nobody(public_path).startswith(
        f"True [Errno {errno.EACCES}] cannot save, the file is write-protected")
    assert contents(public_path) == OLD and alone(public_path)


# ------------------------------------------------------------------ links and permissions

@posix
def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path):
    (tmp_path / "models").mkdir()
    target = tmp_path / "models" / "v1"
    target.write_bytes(OLD)
    (tmp_path / "current").symlink_to(os.path.join("models", "v1"))
    replace_file(tmp_path / "current", lambda file: file.write(NEW))
    assert os.readlink(tmp_path / "current") == os.path.join("models", "v1")
    assert contents(target) == NEW and os.listdir(tmp_path / "models") == ["v1"]


@posix
def test_a_link_to_nothing_gets_its_target(tmp_path):
    (tmp_path / "current").symlink_to("v1")
    replace_file(tmp_path / "current", lambda file: file.write(NEW))
    assert contents(tmp_path / "v1") == NEW and (tmp_path / "current").is_symlink()


@posix
def test_links_in_a_circle_are_refused(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    refused(tmp_path / "a", OSError, "symbolic links go round in a circle")
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@posix
@pytest.mark.parametrize("bits", [0o600, 0o640, 0o666, 0o755])
def test_an_existing_file_keeps_its_permissions(path, bits):
    path.chmod(bits)
    with atomic_write(path) as file:
        assert mode(file.name) == bits
        file.write(NEW)
    assert mode(path) == bits and contents(path) == NEW


@posix
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_gets_what_the_umask_allows(tmp_path, mask):
    before = os.umask(mask)
    try:
        replace_file(tmp_path / "new", lambda file: file.write(NEW))
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == 0o666 & ~mask


# ------------------------------------------------------------------ kills and company

def is_whole(data):
    """Each saved file is one line, many times over; half a file or a mixture is not."""
    line = data[:data.index(b"\n") + 1]
    return len(data) == 2_000_000 and data == line * (len(data) // len(line))


SAVER = """
    import itertools, signal, sys
    from purenn.atomic import replace_file
    signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs ignore Ctrl-C
    def save(number):
        line = b"%s %013d\\n" % (sys.argv[2].encode(), number)
        replace_file(sys.argv[1], lambda file: [file.write(line * 1000) for _ in range(100)])
    for number in itertools.count():
        save(number)
        if number == 0:
            print("started", flush=True)
"""


@pytest.mark.slow
@posix
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"saver %013d\n" % 0 * 100_000)
    unfinished = []
    for round_number in range(15):
        process = child(SAVER, path, "saver")
        try:
            assert process.stdout.readline() == b"started\n"
            time.sleep(random.Random(round_number).uniform(0, 0.03))
        finally:
            process.send_signal(signal.SIGKILL)
            _, complaints = process.communicate()
        assert process.returncode == -signal.SIGKILL, complaints
        assert is_whole(contents(path))
        unfinished.append(len(os.listdir(tmp_path)) - 1)
    assert 1 in unfinished, "no kill ever fell into a save: this test would prove nothing"
    assert max(unfinished) == 1, "what a kill has left is cleared by the next save"
    replace_file(path, lambda file: file.write(NEW))
    assert contents(path) == NEW and alone(path)


HOLDER = """
    import sys
    from purenn.atomic import atomic_write
    with atomic_write(sys.argv[1]) as file:
        print("writing", flush=True)
        sys.stdin.readline()
        file.write(b"late")
"""


@posix
def test_what_somebody_is_still_writing_is_not_cleared(path):
    process = child(HOLDER, path, stdin=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"writing\n"
        replace_file(path, lambda file: file.write(NEW))
        assert contents(path) == NEW and not alone(path)
        _, complaints = process.communicate(b"go on\n", timeout=60)
    finally:
        process.kill()
    assert complaints == b"" and contents(path) == b"late" and alone(path)


@posix
def test_only_what_looks_like_a_leftover_of_this_file_is_cleared(path):
    for name in (".model.safetensors.txt.tmp", ".other.0123456789abcdef.tmp", "x.tmp"):
        (path.parent / name).write_bytes(OLD)
    (path.parent / ".model.safetensors.0123456789abcdef.tmp").write_bytes(OLD)
    replace_file(path, lambda file: file.write(NEW))
    assert len(os.listdir(path.parent)) == 4


@pytest.mark.slow
@posix
def test_ctrl_c_during_a_save_leaves_a_whole_file_and_no_other(tmp_path):
    path = tmp_path / "model"
    for round_number in range(5):
        process = child(SAVER, path, "saver")
        try:
            assert process.stdout.readline() == b"started\n"
            time.sleep(random.Random(round_number).uniform(0, 0.03))
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate(timeout=60)
        finally:
            process.kill()
        assert b"KeyboardInterrupt" in complaints
        assert is_whole(contents(path)) and os.listdir(tmp_path) == ["model"]


@posix
def test_two_processes_that_save_to_one_path_leave_one_whole_file(tmp_path):
    path = tmp_path / "model"
    processes = [child(SAVER, path, name) for name in ("first", "other")]
    seen = set()
    try:
        for process in processes:
            assert process.stdout.readline() == b"started\n"
        deadline = time.monotonic() + 20
        while len(seen) < 2 and time.monotonic() < deadline:
            for _ in range(20):
                data = contents(path)
                assert is_whole(data)
                seen.add(data[:5])
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert seen == {b"first", b"other"}
    assert is_whole(contents(path))


def test_many_threads_that_save_to_one_path_leave_one_whole_file(path):
    failed = []

    def save(letter):
        try:
            for _ in range(20):
                replace_file(path, lambda file: file.write(letter * 100_000))
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=save, args=(bytes([65 + n]),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    data = contents(path)
    assert not failed and data == data[:1] * 100_000 and alone(path)


def test_docstring_examples():
    assert doctest.testmod(atomic).failed == 0
