# One living adze behind pipes: found, started, fed, read, ended. Not here: what its lines mean.
from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import sysconfig
import threading
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Optional, Union

from ._answers import AdzeError

RESTARTS = 3


def find_binary(binary: Optional[str]) -> str:
    """The path of adze; whoever names one gets that one or an error."""
    for source, named in (("binary", binary), ("the environment variable ADZE", os.environ.get("ADZE"))):
        if named:
            if found := shutil.which(named):
                return found
            raise AdzeError(f"{source} names {named!r}, which is no program")
    # pip's folders for programs: of this environment, of this user, and of `pip install --target`.
    folders = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", "posix_user")]
    folders.append(str(Path(__file__).parents[1] / "bin"))
    for path in (*folders, None):
        if found := shutil.which("adze", path=path):
            return found
    raise AdzeError(f"no program adze in {', '.join(folders)} or PATH, and neither binary nor ADZE names one")


class Process:
    """An adze that lives from the first call to `close()`, and is shared by threads."""

    def __init__(self, binary: Optional[str], arguments: Sequence[str]) -> None:
        self._child: Optional[subprocess.Popen[bytes]] = None
        self._command = [find_binary(binary), *arguments]
        self._deaths, self._last_words = 0, ""
        self._closed = False
        self._lock, self._owner = threading.Lock(), os.getpid()
        _processes.add(self)

    def ask(self, lines: Sequence[bytes]) -> list[Any]:
        """An answer for each line, in order. Raises AdzeError where adze ends before the last."""
        if self._owner != os.getpid():  # forked by C code, which Python's hook did not see
            self.after_fork()
        with self._lock:
            self.check_open()
            if not lines:
                return []
            if self._deaths > RESTARTS:
                raise AdzeError(f"not started again after {self._deaths} starts without an answer: {self._last_words}")
            if self._child and self._child.poll() is not None:
                self._end()  # it died while nobody waited for it, so that nothing is lost
            self._child = self._child or start(self._command)
            answers = []
            try:
                for answer in _converse(self._child, lines):
                    answers.append(answer)
                    self._deaths = 0
            except BaseException as error:
                if isinstance(error, AdzeError) and not answers:
                    self._deaths, self._last_words = self._deaths + 1, str(error)
                self._end()  # answers that nobody has read would be taken for the next call's
                raise
            return answers

    def ask_once(self, argument: bytes, lines: Sequence[bytes]) -> list[Any]:
        """What an adze of its own, with one more argument, prints of these lines until it ends."""
        child = start([*self._command, argument])
        try:
            return list(_converse(child, lines, to_the_end=True))
        finally:
            stop(child)

    def close(self) -> None:
        """Ends adze once the call in progress is answered."""
        with self._lock:
            self._closed = True
            self._end()

    def check_open(self) -> None:
        if self._closed:
            raise ValueError("it was closed, and answers no more")

    def after_fork(self) -> None:
        """Lets go of the parent's adze, which would outlive the parent while this process holds its standard input, and
        of the lock, whose holder is not here."""
        if self._child:
            close_pipes(self._child)
            self._child.returncode = 0  # not ours to wait for
        self._child, self._lock, self._owner = None, threading.Lock(), os.getpid()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child:
            stop(child)

    def __del__(self) -> None:
        self._end()


_processes: weakref.WeakSet[Process] = weakref.WeakSet()


def _after_fork() -> None:
    for process in list(_processes):
        process.after_fork()


os.register_at_fork(after_in_child=_after_fork)


def start(command: Sequence[Union[str, bytes]]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    try:
        # In a session of its own, a Ctrl-C at Python's prompt does not end it.
        child = subprocess.Popen(command, bufsize=0, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
    except OSError as error:
        raise AdzeError(f"{command[0]!s} does not start: {error.strerror}") from None
    for stream in (child.stdin, child.stdout, child.stderr):
        assert stream
        os.set_blocking(stream.fileno(), False)
    return child


def stop(child: subprocess.Popen[bytes]) -> None:
    child.kill()  # it has nothing to save
    child.wait()
    close_pipes(child)


def close_pipes(child: subprocess.Popen[bytes]) -> None:
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream:
            stream.close()


def _converse(child: subprocess.Popen[bytes], lines: Sequence[bytes], to_the_end: bool = False) -> Iterator[Any]:
    """Writes lines and yields answers at the same time: whoever only wrote would wait forever for a child that waits
    for its own output to be read."""
    assert child.stdin and child.stdout and child.stderr
    rest, answer, complaint, count = memoryview(b"".join(lines)), bytearray(), b"", 0
    # Not epoll, whose set a forked process would share.
    with selectors.PollSelector() as selector:
        selector.register(child.stdin, selectors.EVENT_WRITE)
        selector.register(child.stdout, selectors.EVENT_READ)
        selector.register(child.stderr, selectors.EVENT_READ)
        while to_the_end or count < len(lines):
            for key, _ in selector.select():
                if key.fileobj is child.stdin:
                    try:
                        rest = rest[os.write(key.fd, rest) :]
                    except BlockingIOError:
                        continue
                    except BrokenPipeError:
                        rest = rest[:0]  # the other pipes say why
                    if not rest:
                        selector.unregister(child.stdin)
                        if to_the_end:
                            child.stdin.close()
                    continue
                data = os.read(key.fd, 1 << 18)
                if key.fileobj is child.stderr:
                    complaint = (complaint + data)[-4096:]
                    if not data:
                        selector.unregister(child.stderr)
                    continue
                if not data:
                    return _check_end(child, complaint, to_the_end)
                answer += data
                if b"\n" in data:
                    *whole, answer = answer.split(b"\n")
                    count += len(whole)
                    if count > len(lines):
                        raise AdzeError("adze printed more lines than it was given")
                    for line in whole:
                        yield _parsed(line)


def _parsed(line: bytearray) -> Any:
    try:
        if isinstance(answer := json.loads(line), dict):
            return answer
    except ValueError:
        pass  # its message would hold the line
    raise AdzeError("adze printed a line that is no answer; does an option change what it prints?")


def _check_end(child: subprocess.Popen[bytes], complaint: bytes, expected: bool) -> None:
    """Raises what is to be said of a child that has closed its output, in one line."""
    try:
        code = child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        code = child.wait()
    if expected and code == 0:
        return
    assert child.stderr
    complaint += child.stderr.read() or b""
    said = complaint.decode(errors="replace").strip().rpartition("\n")[2].replace("adze: error: ", "")
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    raise AdzeError(f"adze {how}: {said}" if said else f"adze {how}")
