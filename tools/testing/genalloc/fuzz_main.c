// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzing without libFuzzer: the inputs of a corpus, then random ones and
 * changed ones of the corpus, up to a number of calls.  The same seed makes
 * the same inputs.
 *
 *	fuzz calls seed corpus directory	put what fails into the directory
 *	fuzz file				run one input and print its calls
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz.h"

#define MAX_BYTES	1024
#define MAX_CORPUS	1024
#define MAX_DIFFERENCES	10

struct sample {
	u8 data[MAX_BYTES];
	size_t size;
};

static struct sample *corpus[MAX_CORPUS];
static unsigned int nr_corpus;
static struct rnd_state rnd;

static u32 below(u32 bound)
{
	return prandom_u32_state(&rnd) % bound;
}

/* ---- the corpus ---- */

static struct sample *read_sample(const char *path)
{
	struct sample *s = calloc(1, sizeof(*s));
	FILE *file = fopen(path, "rb");

	if (!s || !file)
		shim_die("cannot read %s", path);
	s->size = fread(s->data, 1, sizeof(s->data), file);
	fclose(file);
	return s;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* A directory that is not there is an empty one. */
static void read_corpus(const char *dir)
{
	struct dirent **entries;
	char path[4096];
	int i, nr = scandir(dir, &entries, is_visible, alphasort);

	for (i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		if (nr_corpus < MAX_CORPUS)
			corpus[nr_corpus++] = read_sample(path);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
}

/* ---- inputs ---- */

static void make_random(struct sample *s)
{
	size_t i;

	s->size = 8 + below(400);
	for (i = 0; i < s->size; i++)
		s->data[i] = prandom_u32_state(&rnd);
}

/* The beginning of one input and the end of another, a few bytes changed. */
static void make_changed(struct sample *s)
{
	const struct sample *a = corpus[below(nr_corpus)];
	const struct sample *b = corpus[below(nr_corpus)];
	size_t from_a = below(a->size + 1), from_b = below(b->size + 1);
	unsigned int changes = below(8);

	memcpy(s->data, a->data, from_a);
	s->size = min(from_a + from_b, sizeof(s->data));
	memcpy(s->data + from_a, b->data + b->size - from_b, s->size - from_a);
	while (s->size && changes--)
		s->data[below(s->size)] = prandom_u32_state(&rnd);
}

/* ---- runs ---- */

static void keep_difference(const struct sample *s, const char *dir)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/difference-%lu", dir,
		 fuzz_differences);
	file = fopen(path, "wb");
	if (file) {
		fwrite(s->data, 1, s->size, file);
		fclose(file);
	}
	printf("The input is in %s; its calls are:\n", path);
	fuzz_verbose = true;
	fuzz_one(s->data, s->size);
	fuzz_verbose = false;
	/* It was counted once more. */
	fuzz_differences--;
}

static void run(const struct sample *s, const char *dir)
{
	unsigned long before = fuzz_differences;

	fuzz_one(s->data, s->size);
	if (fuzz_differences != before)
		keep_difference(s, dir);
}

static void run_all(unsigned long max_calls, const char *dir)
{
	static struct sample s;
	unsigned int i;

	for (i = 0; i < nr_corpus; i++)
		run(corpus[i], dir);
	while (fuzz_calls < max_calls && fuzz_differences < MAX_DIFFERENCES) {
		if (nr_corpus && below(2))
			make_changed(&s);
		else
			make_random(&s);
		run(&s, dir);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2 && argc != 5)
		shim_die("usage: fuzz calls seed corpus directory | fuzz file");
	if (argc == 2) {
		fuzz_verbose = true;
		corpus[nr_corpus++] = read_sample(argv[1]);
		fuzz_one(corpus[0]->data, corpus[0]->size);
	} else {
		prandom_seed_state(&rnd, strtoull(argv[2], NULL, 0));
		read_corpus(argv[3]);
		run_all(strtoul(argv[1], NULL, 0), argv[4]);
	}
	printf("%lu calls, %lu differences\n", fuzz_calls, fuzz_differences);
	return !!fuzz_differences;
}
