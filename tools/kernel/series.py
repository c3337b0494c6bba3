#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""series.py TREE REVISION BASE [any]: the series as commits in the git tree TREE.

The commits go on top of REVISION, with the hunks for BASE; prints the last one.
No file of the work tree and no index is touched: what a patch changes is put
together in a scratch directory and handed to git fast-import.

series/NNNN-slug/ is one patch:
    message     subject, empty line, body
    files       overlay files that it brings whole, one per line, or all below
                a directory ("path/"), and "Kconfig.debug SYMBOL": that stanza
                goes into lib/Kconfig.debug, one of a test among the tests
    hunks.diff  changes in existing files, the same for all bases
    BASE.diff   further changes, for that base only

series/topics cuts the series into topics, by the number of the first patch of
each; series/covers/NAME is the cover letter of one. refs/worktree/topics/NAME is
its last commit.

An overlay file is what the whole series makes of it. When hunks.diff of a later
patch changes the file, an earlier one brings it without that change.

With "any", TREE may be of another version than BASE. What does not fit is left
out, all of it is listed in the end, and there are no commits then.

The author is $GENALLOC_AUTHOR ("Name <address>") or the first M: of MAINTAINERS.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
# What fuzzing has found is binary, and can be found again.
NOT_KERNEL = ('series/', 'out/', 'tools/kernel/', 'tools/testing/genalloc/corpus/')
JUNK = ('~', '.orig', '.rej', '.swp')
KCONFIG = 'lib/Kconfig.debug'
# Stanzas go in front of these: tests, and what else helps to debug memory.
KCONFIG_TEST, KCONFIG_OTHER = 'config TEST_UDELAY\n', 'config DEBUG_OBJECTS\n'
REF = 'refs/worktree/series'
TOPIC_REFS = 'refs/worktree/topics'
# The same tree and the same overlay make the same commits, whenever and by
# whomever they are made.
DATE = '946684800 +0000'


def die(where, what, advice):
    sys.exit(f'error: {where}: {what}\n{advice}')


def git(tree, *args, **kwargs):
    return subprocess.run(['git', '-C', tree, *args], check=True,
                          stdout=subprocess.PIPE, **kwargs).stdout


class Patch:
    def __init__(self, path, bases):
        self.path = path
        self.name = f'series/{path.name}'
        self.files, self.stanzas = [], []
        self.message = self._message()
        self._list()
        allowed = {'message', 'files', 'hunks.diff', *(f'{b}.diff' for b in bases)}
        for entry in sorted(path.iterdir()):
            if entry.name not in allowed and not entry.name.endswith(JUNK):
                die(f'{self.name}/{entry.name}', 'not part of a patch',
                    f'Rename or remove it; known are {", ".join(sorted(allowed))}.')

    def _message(self):
        path = self.path / 'message'
        if not path.exists():
            die(self.name, 'has no message',
                f'Write {self.name}/message: subject, empty line, body.')
        lines = path.read_text().rstrip().split('\n')
        if len(lines) < 3 or not lines[0] or lines[1]:
            die(f'{self.name}/message', 'is not subject, empty line, body',
                'Mend it.')
        if any(line.startswith('Signed-off-by:') for line in lines):
            die(f'{self.name}/message', 'has a Signed-off-by',
                'Remove it: whoever sends the series adds theirs.')
        return '\n'.join(lines) + '\n'

    def _list(self):
        path = self.path / 'files'
        for line in path.read_text().split('\n') if path.exists() else []:
            word, _, symbol = line.strip().partition(' ')
            if symbol and word == 'Kconfig.debug':
                self.stanzas.append(symbol.strip())
            elif symbol:
                die(f'{self.name}/files', f'cannot read "{line}"',
                    'One path per line, or "Kconfig.debug SYMBOL".')
            elif word.endswith('/'):
                self.files += [f for f in overlay_files() if f.startswith(word)]
            elif word:
                self.files.append(word)

    @property
    def hunks(self):
        return self.path / 'hunks.diff'

    def diffs(self, base):
        return [d for d in (self.hunks, self.path / f'{base}.diff') if d.exists()]

    def empty(self, base):
        return not (self.files or self.stanzas or self.diffs(base))


def read_bases():
    lines = (TOP / 'series/bases').read_text().split('\n')
    return [line.split()[0] for line in lines if line and line[0] != '#']


def read_series():
    bases = read_bases()
    return [Patch(path, bases) for path in sorted((TOP / 'series').glob('[0-9]*-*'))]


def read_topics():
    """(number of the first patch, name) of each topic, in order."""
    lines = (TOP / 'series/topics').read_text().split('\n')
    topics = [tuple(line.split()) for line in lines if line and line[0] != '#']
    numbers = [topic[0] for topic in topics]
    if numbers != sorted(set(numbers)) or any(len(topic) != 2 for topic in topics):
        die('series/topics', 'is not one number and one name a line, in ascending order', 'Mend it.')
    names, covers = {topic[1] for topic in topics}, TOP / 'series/covers'
    for name in sorted(names ^ {path.name for path in covers.iterdir() if not is_junk(path.name)}):
        die(f'series/covers/{name}', 'and series/topics do not agree',
            'Each topic has a cover letter, and each cover letter a topic.')
    return topics


def by_topic(series):
    """(name, patches) of each topic, in order."""
    topics = read_topics()
    if series and series[0].path.name < topics[0][0]:
        die('series/topics', f'has no topic for {series[0].name}', 'Mend it.')
    for (first, name), (end, _) in zip(topics, topics[1:] + [(':', None)]):
        yield name, [patch for patch in series if first <= patch.path.name < end]


def is_junk(name):
    return name.endswith(JUNK) or name.startswith('.checkpatch-')


def overlay_files():
    for directory in sorted(TOP.iterdir()):
        if directory.is_dir() and directory.name[0] != '.':
            for path in sorted(directory.rglob('*')):
                name = str(path.relative_to(TOP))
                if path.is_file() and not name.startswith(NOT_KERNEL) and not is_junk(path.name):
                    yield name


def read_stanzas():
    """Our Kconfig.debug by symbol."""
    path = TOP / 'Kconfig.debug'
    text = path.read_text() if path.exists() else ''
    found = re.findall(r'^((?:menu)?config (\w+)\n(?:[ \t].*\n|\n)*)', text, re.M)
    return {symbol: stanza.rstrip() + '\n\n' for stanza, symbol in found}


def check_complete(series, stanzas):
    """Every overlay file and every stanza is brought by exactly one patch."""
    for what, have, brought in (
            ('', set(overlay_files()), lambda p: p.files),
            ('Kconfig.debug ', set(stanzas), lambda p: p.stanzas)):
        by = {}
        for patch in series:
            for item in brought(patch):
                if item in by:
                    die(f'{patch.name}/files', f'{what}{item} is already in {by[item]}',
                        'Take one of the two lines out.')
                if item not in have:
                    die(f'{patch.name}/files', f'{what}{item} is not in the overlay',
                        'Add it there, or take the line out.')
                by[item] = f'{patch.name}/files'
        for item in sorted(have - set(by)):
            die(what + item, 'no patch brings it',
                f'Add the line "{what}{item}" to series/NNNN-*/files of the patch it belongs to.')


def mapper(base):
    """The function from an overlay path to the path in that base."""
    script = TOP / f'series/{base}.map'
    if not script.exists():
        return lambda path: path

    def mapped(path):
        return subprocess.run(['sed', '-f', script], input=path, text=True, check=True,
                              stdout=subprocess.PIPE).stdout.strip()
    return mapped


def matches(pattern, listing):
    """Whether the F: pattern covers a line of listing, which begins and ends with a newline."""
    regex = re.escape(pattern).replace(r'\*', '[^/\n]*').replace(r'\?', '[^/\n]')
    return re.search('\n' + regex + ('' if pattern.endswith('/') else '\n'), listing)


class Maintainers:
    """The overlay's MAINTAINERS, merged into the kernel's as far as its files exist."""

    def __init__(self, mapped):
        path = TOP / 'MAINTAINERS'
        text = path.read_text() if path.exists() else ''
        self.sections = []
        for block in re.findall(r'^[^\s#].*\n(?:[A-Z]:\t.*\n)+', text, re.M):
            title, *lines = block.rstrip().split('\n')
            files = sorted({mapped(l[3:]) for l in lines if l.startswith('F:')})
            self.sections.append((title, [l for l in lines if not l.startswith('F:')], files))
        named = re.search(r'^M:\t(.* <.*>)$', text, re.M)
        self.author = os.environ.get('GENALLOC_AUTHOR') or (
            named[1] if named else 'genalloc series <genalloc@localhost>')

    def covers(self, path):
        return any(matches(f, f'\n{path}\n') for _, _, files in self.sections for f in files)

    def merge(self, text, paths):
        """text with our sections in place, their F: limited to those of paths."""
        listing = '\n'.join(['', *paths, ''])
        for title, head, files in self.sections:
            present = [f for f in files if matches(f, listing)]
            if present:
                block = '\n'.join([title, *head, *(f'F:\t{f}' for f in present)]) + '\n\n'
                text = self._insert(text, title, block)
        return text

    @staticmethod
    def _insert(text, title, block):
        old = re.compile(r'^' + re.escape(title) + r'\n(?:[A-Z]:\t.*\n)+\n', re.M)
        text = old.sub('', text)
        # The kernel's list is not quite sorted: the place is where the fewest
        # sections are on the wrong side.
        place = best = score = 0
        for section in re.finditer(r'(?<=\n\n)(\S.*)\n(?:[A-Z]:\t.*\n)+\n', text):
            score += 1 if section[1].upper() < title.upper() else -1
            if score > best:
                place, best = section.end(), score
        return text[:place] + block + text[place:]


class Scratch:
    """The files that the series touches, in the state of the last patch."""

    def __init__(self, tree, revision, directory):
        self.tree, self.revision, self.dir = tree, revision, Path(directory)
        listing = git(tree, 'ls-tree', '-r', '-z', revision).decode(errors='surrogateescape')
        entries = (entry.split('\t', 1) for entry in listing.split('\0') if entry)
        self.modes = {path: info.split(' ', 1)[0] for info, path in entries}
        self.touched = set()

    def path(self, name):
        """Where to read and write the file; brings it from the base when new here."""
        path = self.dir / name
        if name in self.modes and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(git(self.tree, 'show', f'{self.revision}:{name}'))
        self.touched.add(name)
        return path

    def write(self, name, data, mode='100644'):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.modes[name] = mode

    def edit(self, name, change):
        path = self.path(name)
        path.write_text(change(path.read_text()))

    def apply(self, diff, *options):
        """Returns what git says when the diff does not apply."""
        for name in paths_of(diff):
            self.path(name)
        # Not a repository: git apply is to see these files and nothing else.
        env = {**os.environ, 'GIT_CEILING_DIRECTORIES': str(self.dir.parent)}
        result = subprocess.run(['git', 'apply', '--whitespace=nowarn', *options, diff], cwd=self.dir,
                                env=env, stderr=subprocess.PIPE, text=True)
        return result.stderr if result.returncode else ''

    def apply_each(self, diff):
        """The diff file by file: (file, what git says) of those that do not fit."""
        misfits = []
        for part in re.split(r'^(?=diff --git )', diff.read_text(), flags=re.M):
            name = re.search(r'^\+\+\+ b/(\S+)', part, re.M)
            if name:
                with tempfile.NamedTemporaryFile('w', suffix='.diff') as one:
                    one.write(part)
                    one.flush()
                    why = self.apply(Path(one.name))
                if why:
                    misfits.append((name[1], why))
        return misfits

    def around(self, why):
        """What the files look like where git apply gave up."""
        text = ''
        for name, line in re.findall(r'patch failed: (\S+):(\d+)', why):
            first = max(int(line) - 1, 0)
            lines = self.path(name).read_text().split('\n')[first:first + 10]
            text += ''.join([f'--- {name} has from line {line} on:\n', *(f'{l}\n' for l in lines)])
        return text

    def commands(self):
        """Changes since the last call, as fast-import wants them."""
        for name in sorted(self.touched):
            path = self.dir / name
            if path.exists():
                data = path.read_bytes()
                mode = self.modes.setdefault(name, '100644')
                yield f'M {mode} inline {name}\ndata {len(data)}\n'.encode() + data + b'\n'
            elif self.modes.pop(name, None):
                yield f'D {name}\n'.encode()
        self.touched.clear()


def paths_of(diff):
    return set(re.findall(r'^(?:---|\+\+\+) [ab]/(\S+)', diff.read_text(), re.M))


def bring_file(patch, name, path, later, scratch):
    """The overlay's file, less what later patches change in it."""
    mode = '100755' if os.access(TOP / name, os.X_OK) else '100644'
    scratch.write(path, (TOP / name).read_bytes(), mode)
    for other in reversed(later):
        if other.hunks.exists() and path in paths_of(other.hunks):
            why = scratch.apply(other.hunks, '--reverse', f'--include={path}')
            if why:
                die(f'{other.name}/hunks.diff', f'is not what {name} has\n{why.rstrip()}',
                    f'{patch.name} brings {name} without these hunks: take them anew from the\n'
                    'file of the overlay, which has them, or mend the file.')


def add_stanzas(patch, stanzas, scratch):
    def insert(text):
        for symbol in patch.stanzas:
            anchor = KCONFIG_TEST if re.search('TEST', symbol) else KCONFIG_OTHER
            if text.count(anchor) != 1:
                die(patch.name, f'{KCONFIG} of this base has no "{anchor.strip()}"',
                    'Choose another line, one that all bases have, in tools/kernel/series.py.')
            text = text.replace(anchor, stanzas[symbol] + anchor)
        return text
    if patch.stanzas:
        scratch.edit(KCONFIG, insert)


def apply_diffs(patch, base, scratch, misfits):
    for diff in patch.diffs(base):
        if misfits is not None:
            misfits += [(f'{patch.name}/{diff.name}', *misfit) for misfit in scratch.apply_each(diff)]
            continue
        why = scratch.apply(diff)
        if why:
            die(f'{patch.name}/{diff.name}', f'does not apply on {base}\n{why.rstrip()}',
                f'{scratch.around(why)}Write the hunk anew, in {base}.diff if the bases differ there.')


def list_misfits(misfits, scratch):
    """The end of a run on a version that there are no hunks for."""
    for diff, name, why in misfits:
        line = re.search(r'patch failed: \S+:(\d+)', why)
        print(f'{diff}: {name}:',
              f'not like line {line[1]} there' if line else
              'there is no such file' if name not in scratch.modes else why.strip(), file=sys.stderr)
    files = {name for _, name, _ in misfits}
    die('the series', f'does not fit: {len(misfits)} places in {len(files)} files, see above',
        'README, "Using it in your own kernel", says what a port needs.')


def commit(patch, author, scratch):
    """The patch as a fast-import command."""
    message = patch.message.encode()
    yield (f'commit {REF}\nauthor {author} {DATE}\ncommitter {author} {DATE}\n'
           f'data {len(message)}\n').encode() + message
    yield from scratch.commands()


class Export:
    """Makes the commits, as one stream for git fast-import."""

    def __init__(self, base, parent, scratch, misfits):
        self.misfits = misfits
        self.series, self.stanzas = read_series(), read_stanzas()
        check_complete(self.series, self.stanzas)
        self.base, self.mapped, self.scratch = base, mapper(base), scratch
        self.maintainers, self.listed = Maintainers(self.mapped), False
        self.stream = [f'reset {REF}\nfrom {parent}\n\n'.encode()]

    def add_topics(self):
        for name, patches in by_topic(self.series):
            for patch in patches:
                if not patch.empty(self.base):
                    self.add_patch(patch)
            self.stream.append(f'reset {TOPIC_REFS}/{name}\nfrom {REF}\n\n'.encode())
        return b''.join(self.stream)

    def add_patch(self, patch):
        later = self.series[self.series.index(patch) + 1:]
        for name in patch.files:
            bring_file(patch, name, self.mapped(name), later, self.scratch)
        apply_diffs(patch, self.base, self.scratch, self.misfits)
        add_stanzas(patch, self.stanzas, self.scratch)
        self.list_files(patch)
        self.stream += commit(patch, self.maintainers.author, self.scratch)

    def list_files(self, patch):
        covers = self.maintainers.covers
        self.listed = self.listed or any(covers(self.mapped(name)) for name in patch.files)
        if self.listed:
            self.scratch.edit('MAINTAINERS', lambda text: self.maintainers.merge(
                text, self.scratch.modes))


def export(tree, revision, base, any_version=False):
    misfits = [] if any_version else None
    parent = git(tree, 'rev-parse', '--verify', revision + '^{commit}', text=True).strip()
    with tempfile.TemporaryDirectory() as directory:
        scratch = Scratch(tree, parent, directory)
        stream = Export(base, parent, scratch, misfits).add_topics()
        if misfits:
            list_misfits(misfits, scratch)
    git(tree, 'fast-import', '--quiet', '--force', input=stream)
    return git(tree, 'rev-parse', REF, text=True).strip()


if __name__ == '__main__':
    if len(sys.argv) != 4 and sys.argv[4:] != ['any']:
        sys.exit(__doc__)
    print(export(*sys.argv[1:4], any_version=len(sys.argv) > 4))
