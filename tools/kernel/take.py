#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""take.py TREE REVISION BASE: take changes of the commits in TREE over.

The way back of series.py, to work on the commits instead: edit, git
commit --fixup, git rebase -i --autosquash in the kernel tree, then take them
over. REVISION is the commit below the series.

Taken over are overlay files and, in hunks.diff, what later patches change in
them. Everything else (messages, hunks in files of the kernel, MAINTAINERS,
Kconfig) is edited in series/ itself. A commit and its patch are recognised by
their subject.
"""

import re
import sys

from series import KCONFIG, TOP, die, git, mapper, overlay_files, read_series


def commits_by_subject(tree, revision):
    log = git(tree, 'log', '--format=%H %s', f'{revision}..HEAD', text=True)
    return {subject: commit for commit, _, subject in
            (line.partition(' ') for line in log.split('\n') if line)}


def sections(diff):
    """The diff of each file by its path, in order."""
    parts = re.split(r'^(?=diff --git )', diff, flags=re.M)
    return {re.match(r'diff --git a/(\S+)', part)[1]: part for part in parts if part.strip()}


def refresh_hunks(tree, patch, commit, ours):
    """Replace what hunks.diff has for overlay files by what the commit has."""
    old = sections(patch.hunks.read_text()) if patch.hunks.exists() else {}
    new = {path: part for path, part in old.items() if path not in ours}
    changed = git(tree, 'diff-tree', '--no-commit-id', '--name-only', '-r', commit, text=True)
    for path in changed.split('\n'):
        if path in ours and ours[path] not in patch.files:
            diff = git(tree, 'diff', '--no-ext-diff', f'{commit}^', commit, '--', path, text=True)
            new[path] = re.sub(r'^index .*\n', '', diff, flags=re.M)
    text = ''.join(new[path] for path in sorted(new))
    if text:
        patch.hunks.write_text(text)
    elif patch.hunks.exists():
        patch.hunks.unlink()


def take(tree, revision, base):
    commits, mapped = commits_by_subject(tree, revision), mapper(base)
    ours = {mapped(name): name for name in overlay_files()}
    ours.pop(KCONFIG, None)
    for patch in read_series():
        commit = commits.get(patch.message.split('\n')[0])
        if commit:
            refresh_hunks(tree, patch, commit, ours)
        elif not patch.empty(base):
            die(patch.name, 'has no commit in the tree',
                'The subject of its message and of the commit must be the same.')
    for path, name in ours.items():
        (TOP / name).write_bytes(git(tree, 'show', f'HEAD:{path}'))


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    take(*sys.argv[1:])
