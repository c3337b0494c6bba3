// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore [OPTION]... [SCENARIO]...
 *
 *  --list		names of the scenarios, and what they are after
 *  --quick		leave out the large ones; long ones come last
 *  --large		only the large ones
 *  --first		stop at the first violation
 *  --harm		leave out Invariant B, wait for what comes of breaking it
 *  --self-test		whether the reduction leaves out states
 *  --replay=SCHEDULE	show this schedule, step by step
 *
 * Without a name: all scenarios.  The status is 1 if there was a violation.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "explore.h"

static struct {
	bool list, quick, large, first, self_test;
	const char *replay;
} options;

static bool violated;

/* ---- one schedule, step by step ---- */

static const char * const call_names[] = {
	[NOTHING] = "end", [CLAIM] = "claim", [ALLOC] = "alloc",
	[FIND] = "find", [BEST] = "best", [RETIRE] = "retire",
	[FREE_CLAIMED] = "free", [FREE_OWN] = "free",
	[FREE_SIZED] = "free", [FREE] = "free?", [TAKE] = "take?",
	[SPLIT] = "split", [CUT] = "cut", [LOOK] = "look", [WATCH] = "watch",
	[PEEK] = "peek",
};

static const char * const access_names[] = {
	[LOAD] = "load", [STORE] = "store", [CMPXCHG] = "cmpxchg",
};

enum { TEXT = 64 };

/* A unit a letter: free, busy (B), body (b), head (H).  Hints as hex, last first. */
static const char *word_text(const unsigned long *word, char *text)
{
	unsigned long i = word - the_map()->words;
	unsigned int at;

	if (i >= unit_words()) {
		snprintf(text, TEXT, "%0*lx", (int)sizeof(long) * 2, *word);
		return text;
	}
	for (at = 0; at < W; at++)
		text[at] = ".BbH"[*word >> 2 * at & 3];
	text[W] = '\0';
	return text;
}

/* The hint on the map is word -1. */
static void show_map(void)
{
	const unsigned long *word;
	char text[TEXT];

	for (word = first_word(); word < end_of_words(); word++)
		printf("\tword %2d  %s\n", (int)(word - the_map()->words),
		       word_text(word, text));
}

static void show_step(unsigned int nr, unsigned int t)
{
	struct access access = threads[t].next;
	struct call call = threads[t].call;
	bool fails = access.kind == CMPXCHG && *access.word != access.old;
	bool changed = changes(&access);
	char text[TEXT];

	printf("%4u  thread %u  %-6s %3u %2u  %-7s word %2d  %s", nr, t,
	       call_names[call.kind], call.start, call.nr,
	       access_names[access.kind], (int)(access.word - the_map()->words),
	       word_text(access.word, text));
	step(t);
	if (access.kind != LOAD)
		printf(" -> %s%s", word_text(access.word, text),
		       fails ? " (fails)" : changed ? "" : " (same)");
	printf("\n");
}

/* Returns whether something went wrong; runs on to the end if nothing did. */
static bool replay(const struct scenario *scenario, const char *schedule)
{
	unsigned int i, t;

	set_up(scenario);
	start_threads(scenario);
	show_map();
	for (i = 0; schedule[i] && !failure; i++) {
		t = schedule[i] - '0';
		if (t >= nr_threads || threads[t].done) {
			printf("step %u: thread %u cannot step\n", i + 1, t);
			break;
		}
		show_step(i + 1, t);
		check_step();
	}
	for (t = 0; t < nr_threads && threads[t].done; t++)
		;
	if (t == nr_threads)
		check_end(scenario);
	show_map();
	printf("%s\n", failure ?: "nothing wrong");
	return failure;
}

/* ---- a scenario ---- */

static const char *schedule_text(const struct search *search, char *text)
{
	unsigned int i;

	for (i = 0; i < search->failed_depth; i++)
		text[i] = '0' + search->failed[i];
	text[i] = '\0';
	return text;
}

static void show_violation(const struct search *search)
{
	char text[MAX_DEPTH + 1];

	printf("VIOLATION in %s, %u steps: %s\n", search->scenario->name,
	       search->failed_depth, search->failure);
	printf("again: explore --replay=%s %s\n", schedule_text(search, text),
	       search->scenario->name);
	replay(search->scenario, text);
	failure = NULL;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static bool run(const struct scenario *scenario)
{
	struct search result = {
		.scenario = scenario, .first = options.first,
	};
	double begin = now();

	search(&result);
	printf("%-22s %10lu schedules %11lu steps %9lu cut %3u deep %6.1f s%s\n",
	       scenario->name, result.schedules, result.steps, result.cut,
	       result.deepest, now() - begin,
	       result.violations ? "  VIOLATED" : "");
	if (result.violations)
		show_violation(&result);
	return result.violations;
}

/* Returns whether the reduction leaves out states. */
static bool self_test(const struct scenario *scenario)
{
	struct search reduced = { .scenario = scenario, .on_state = note_state };
	struct search plain = reduced;
	struct states a, b;

	plain.plain = true;
	search(&reduced);
	a = take_states();
	search(&plain);
	b = take_states();
	printf("%-22s %10lu schedules of %lu, %lu states of %lu\n",
	       scenario->name, reduced.schedules, plain.schedules, a.nr, b.nr);
	return a.nr != b.nr || a.sum != b.sum;
}

/* ---- command line ---- */

static bool named(const char *name, char **names)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

static bool wanted(const struct scenario *scenario, unsigned int size,
		   char **names)
{
	if (scenario->size != size)
		return false;
	if (*names)
		return named(scenario->name, names);
	if (options.self_test)
		return size == SMALL;
	if (options.large)
		return size == LARGE;
	return !options.quick || size != LARGE;
}

/* Returns whether something was wrong. */
static bool visit(const struct scenario *scenario)
{
	if (options.list) {
		printf("%-22s %s\n", scenario->name, scenario->about);
		return false;
	}
	if (options.replay)
		return replay(scenario, options.replay);
	if (options.self_test)
		return self_test(scenario);
	return run(scenario);
}

static void parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "list", no_argument, NULL, 'l' },
		{ "quick", no_argument, NULL, 'q' },
		{ "large", no_argument, NULL, 'L' },
		{ "first", no_argument, NULL, 'f' },
		{ "harm", no_argument, NULL, 'h' },
		{ "self-test", no_argument, NULL, 's' },
		{ "replay", required_argument, NULL, 'r' },
		{}
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		options.list |= option == 'l';
		options.quick |= option == 'q';
		options.large |= option == 'L';
		options.first |= option == 'f';
		harm_only |= option == 'h';
		options.self_test |= option == 's';
		if (option == 'r')
			options.replay = optarg;
		if (option == '?')
			exit(2);
	}
}

/* Returns how many it has visited. */
static unsigned int visit_all(unsigned int size, char **names)
{
	unsigned int i, nr = 0;

	for (i = 0; i < nr_scenarios && !(violated && options.first); i++) {
		if (!wanted(&scenarios[i], size, names))
			continue;
		violated |= visit(&scenarios[i]);
		nr++;
	}
	return nr;
}

int main(int argc, char **argv)
{
	unsigned int size, nr = 0;

	/* In one piece, since others may write to the same place. */
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	parse(argc, argv);
	for (size = SHORT; size <= LARGE; size++)
		nr += visit_all(size, argv + optind);
	if (!nr) {
		fprintf(stderr, "explore: no such scenario, see --list\n");
		return 2;
	}
	return violated;
}
