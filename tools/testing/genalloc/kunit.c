// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs KUnit suites in a process.  The suites register themselves; output is
 * KTAP, and a line that sums it up.
 *
 *	kunit [part of a test's name]
 *
 * Here a test must also leave no memory behind.  The kernel's KUnit does not
 * ask for that.
 */

#include <stdarg.h>
#include <stdlib.h>

#include <kunit/test.h>

/* ---- what goes away with the test ---- */

/* Something to be done when a test ends. */
struct kunit_cleanup {
	struct kunit_cleanup *next;	/* added before */
	kunit_action_t *action;	/* what to do */
	void *data;		/* for @action */
};

/* KUnit's own memory does not count, nor does it fail. */
static void *own_alloc(size_t size)
{
	void *ptr = calloc(1, size);

	if (!ptr)
		shim_die("no memory for the test itself");
	return ptr;
}

int kunit_add_action(struct kunit *test, kunit_action_t *action, void *data)
{
	struct kunit_cleanup *cleanup = own_alloc(sizeof(*cleanup));

	cleanup->action = action;
	cleanup->data = data;
	cleanup->next = test->cleanups;
	test->cleanups = cleanup;
	return 0;
}

int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action,
			      void *data)
{
	return kunit_add_action(test, action, data);
}

static bool drop_cleanup(struct kunit *test, kunit_action_t *action, void *data)
{
	struct kunit_cleanup *cleanup, **link;

	for (link = &test->cleanups; *link; link = &(*link)->next) {
		cleanup = *link;
		if (cleanup->action == action && cleanup->data == data) {
			*link = cleanup->next;
			free(cleanup);
			return true;
		}
	}
	return false;
}

void kunit_release_action(struct kunit *test, kunit_action_t *action,
			  void *data)
{
	if (drop_cleanup(test, action, data))
		action(data);
}

static void clean_up(struct kunit *test)
{
	struct kunit_cleanup *cleanup;

	while ((cleanup = test->cleanups)) {
		test->cleanups = cleanup->next;
		cleanup->action(cleanup->data);
		free(cleanup);
	}
}

static void free_data(void *data)
{
	kfree(data);
}

void *kunit_alloc_(struct kunit *test, size_t size, bool zero)
{
	void *ptr = shim_alloc(size, zero);

	if (ptr)
		kunit_add_action(test, free_data, ptr);
	return ptr;
}

void kunit_kfree(struct kunit *test, const void *ptr)
{
	kunit_release_action(test, free_data, (void *)ptr);
}

static void remove_device(void *data)
{
	shim_device_remove(data);
	kfree(data);
}

struct device *kunit_device_register(struct kunit *test, const char *name)
{
	struct device *dev = shim_alloc(sizeof(*dev), true);

	if (!dev)
		return ERR_PTR(-ENOMEM);
	shim_device_init(dev, name);
	kunit_add_action(test, remove_device, dev);
	return dev;
}

void kunit_device_unregister(struct kunit *test, struct device *dev)
{
	kunit_release_action(test, remove_device, dev);
}

/* ---- static stubs ---- */

static struct {
	void *real;
	void *replacement;
} stubs[8];

static unsigned int nr_stubs;

void *shim_stub_of(void *real)
{
	unsigned int i;

	for (i = 0; i < nr_stubs; i++)
		if (stubs[i].real == real)
			return stubs[i].replacement;
	return NULL;
}

void shim_set_stub(struct kunit *test, void *real, void *replacement)
{
	unsigned int i;

	for (i = 0; i < nr_stubs && stubs[i].real != real; i++)
		;
	if (i == ARRAY_SIZE(stubs))
		shim_die("too many static stubs");
	if (i == nr_stubs)
		nr_stubs++;
	stubs[i].real = real;
	stubs[i].replacement = replacement;
}

/* ---- results ---- */

static struct kunit *current_test;

struct kunit *kunit_get_current_test(void)
{
	return current_test;
}

void kunit_abort(struct kunit *test)
{
	longjmp(test->abort, 1);
}

char *kunit_values(const char *fmt, ...)
{
	static char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return text;
}

void kunit_log_(const char *fmt, ...)
{
	va_list args;

	printf("    # ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	if (!*fmt || fmt[strlen(fmt) - 1] != '\n')
		printf("\n");
}

void kunit_fail(struct kunit *test, const struct kunit_where *where,
		const char *values, const char *fmt, ...)
{
	va_list args;

	test->failed = true;
	printf("    # %s: %s FAILED at %s:%d\n    #   %s\n", test->name,
	       where->fatal ? "ASSERTION" : "EXPECTATION", where->file,
	       where->line, where->what);
	if (values)
		printf("    #   %s\n", values);
	printf("    #   ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");

	if (where->fatal)
		kunit_abort(test);
}

/* ---- running ---- */

/* Results of tests. */
struct tally {
	unsigned int passed;	/* how many passed */
	unsigned int failed;	/* how many failed */
	unsigned int skipped;	/* how many did not apply */
};

static struct kunit_suite *suites, **last_suite = &suites;

void kunit_register(struct kunit_suite *suite)
{
	*last_suite = suite;
	last_suite = &suite->next;
}

static void run_body(struct kunit *test, const struct kunit_suite *suite,
		     const struct kunit_case *c)
{
	static const struct kunit_where init = { __FILE__, __LINE__, true, "init" };

	if (setjmp(test->abort))
		return;
	if (suite->init && suite->init(test))
		kunit_fail(test, &init, NULL, "the suite's init function failed");
	c->run_case(test);
}

static void run_exit(struct kunit *test, const struct kunit_suite *suite)
{
	if (suite->exit && !setjmp(test->abort))
		suite->exit(test);
}

static void check_leaks(struct kunit *test, long nr_live)
{
	static const struct kunit_where leak = {
		__FILE__, __LINE__, false, "no memory is leaked"
	};

	rcu_barrier();
	if (shim_nr_live != nr_live)
		kunit_fail(test, &leak, NULL, "%ld allocations are left",
			   shim_nr_live - nr_live);
}

static void run_once(struct kunit *test, const struct kunit_suite *suite,
		     const struct kunit_case *c)
{
	long nr_live = shim_nr_live;

	test->name = c->name;
	current_test = test;
	run_body(test, suite, c);
	run_exit(test, suite);
	if (!setjmp(test->abort))
		clean_up(test);
	current_test = NULL;
	nr_stubs = 0;
	check_leaks(test, nr_live);
}

static void count(struct tally *tally, const struct kunit *test)
{
	if (test->failed)
		tally->failed++;
	else if (test->skipped)
		tally->skipped++;
	else
		tally->passed++;
}

static void print_result(const char *indent, const struct kunit *test,
			 unsigned int nr, const char *name)
{
	printf("%s%s %u %s", indent, test->failed ? "not ok" : "ok", nr, name);
	if (test->skipped && !test->failed)
		printf(" # SKIP %s", test->status_comment);
	printf("\n");
	fflush(stdout);
}

static void run_case(const struct kunit_suite *suite,
		     const struct kunit_case *c, unsigned int nr,
		     struct tally *tally)
{
	struct kunit test = {};

	run_once(&test, suite, c);
	count(tally, &test);
	print_result("    ", &test, nr, c->name);
}

static void run_params(const struct kunit_suite *suite,
		       const struct kunit_case *c, unsigned int nr,
		       struct tally *tally)
{
	char desc[KUNIT_PARAM_DESC_SIZE] = "";
	const void *param = c->generate_params(NULL, desc);
	struct kunit all = { .skipped = !param, .status_comment = "no parameters" };
	unsigned int i;

	printf("        # Subtest: %s\n", c->name);
	for (i = 1; param; i++) {
		struct kunit test = { .param_value = param };

		run_once(&test, suite, c);
		count(tally, &test);
		all.failed |= test.failed;
		print_result("        ", &test, i, desc);
		desc[0] = '\0';
		param = c->generate_params(param, desc);
	}
	print_result("    ", &all, nr, c->name);
}

static bool wanted(const struct kunit_case *c, const char *part)
{
	return !part || strstr(c->name, part);
}

static void run_suite(struct kunit_suite *suite, unsigned int nr,
		      const char *part, struct tally *total)
{
	struct tally tally = {};
	struct kunit_case *c;
	unsigned int n = 0;

	printf("    KTAP version 1\n    # Subtest: %s\n", suite->name);
	if (suite->suite_init && suite->suite_init(suite))
		shim_die("%s: suite_init() failed", suite->name);
	for (c = suite->test_cases; c->run_case; c++) {
		if (!wanted(c, part))
			continue;
		if (c->generate_params)
			run_params(suite, c, ++n, &tally);
		else
			run_case(suite, c, ++n, &tally);
	}
	if (suite->suite_exit)
		suite->suite_exit(suite);
	printf("    1..%u\n", n);
	printf("# %s: pass:%u fail:%u skip:%u\n", suite->name, tally.passed,
	       tally.failed, tally.skipped);
	printf("%s %u %s\n", tally.failed ? "not ok" : "ok", nr, suite->name);

	total->passed += tally.passed;
	total->failed += tally.failed;
	total->skipped += tally.skipped;
}

int main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : NULL;
	struct tally total = {};
	struct kunit_suite *suite;
	unsigned int nr = 0;

	printf("KTAP version 1\n");
	for (suite = suites; suite; suite = suite->next)
		run_suite(suite, ++nr, part, &total);
	printf("1..%u\n", nr);

	if (!shim_all_gone())
		total.failed++;
	printf("%u passed, %u failed", total.passed, total.failed);
	if (total.skipped)
		printf(", %u skipped", total.skipped);
	printf("\n");
	return total.failed || !total.passed;
}
