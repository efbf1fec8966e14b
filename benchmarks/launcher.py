"""Start processes and say what each of them took. Run by `processes`, as a script, with nothing.

    python -S -E launcher.py TURNS -- COMMAND … -- COMMAND …

starts every command in each turn, in one order and then in the other, and prints a line for each:
which command, seconds, seconds of the processor, and the peak of its memory as the system counts.

Why not from the benchmark itself: a process begins its life as a copy of the one that started it,
and the system counts that copy as its first peak. Started beside NumPy and PyTorch, everything
would seem to need what they need. This file imports so little that it lies below whatever it
starts.
"""

import os
import sys
import time


def commands_of(words):
    commands = []
    for word in words:
        if word == "--":
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


def start(number, command):
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    if status != 0:
        sys.exit("command %d failed: %s" % (number, " ".join(command)))
    print(number, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


if __name__ == "__main__":
    everybody = list(enumerate(commands_of(sys.argv[2:])))
    for turn in range(int(sys.argv[1])):
        for pair in everybody[::-1 if turn % 2 else 1]:
            start(*pair)
