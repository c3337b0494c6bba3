/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of KUnit as the suites of lib/genalloc.c use: see kunit.c.
 */

#ifndef _KUNIT_TEST_H
#define _KUNIT_TEST_H

#include <setjmp.h>
#include <stdio.h>

#include <shim.h>
#include <kunit/static_stub.h>

#define KUNIT_PARAM_DESC_SIZE	128

typedef void (kunit_action_t)(void *data);

struct kunit_cleanup;

/* The test that is running. */
struct kunit {
	const char *name;	/* its name */
	void *priv;	/* for the suite's init function and the tests */
	/* what the test is run for, if it has parameters */
	const void *param_value;
	char status_comment[256];	/* why it was skipped */
	/* private: */
	bool failed;		/* an expectation was not met */
	bool skipped;		/* it does not apply */
	/* to be done when it ends, the last one first */
	struct kunit_cleanup *cleanups;
	jmp_buf abort;		/* where a failed assertion goes */
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char *name;
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
	/* private: */
	struct kunit_suite *next;
};

#define KUNIT_CASE(func)		{ .run_case = func, .name = #func }
#define KUNIT_CASE_SLOW(func)		KUNIT_CASE(func)
#define KUNIT_CASE_PARAM(func, gen) \
	{ .run_case = func, .name = #func, .generate_params = gen }
#define KUNIT_CASE_PARAM_ATTR(func, gen, attr...) KUNIT_CASE_PARAM(func, gen)

void kunit_register(struct kunit_suite *suite);

#define kunit_test_suite(suite)						\
	static void __attribute__((__constructor__)) suite##_register(void) \
	{								\
		kunit_register(&suite);					\
	}								\
	extern int no_export

#define KUNIT_ARRAY_PARAM(name, array, get_desc)			\
	static const void *name##_gen_params(const void *prev, char *desc) \
	{								\
		const typeof((array)[0]) *next_ = prev;			\
		void (*desc_)(typeof(&(array)[0]), char *) = get_desc;	\
									\
		next_ = next_ ? next_ + 1 : (array);			\
		if (next_ >= (array) + ARRAY_SIZE(array))		\
			return NULL;					\
		if (desc_)						\
			desc_((void *)next_, desc);			\
		return next_;						\
	}								\
	extern int no_export

#define KUNIT_ARRAY_PARAM_DESC(name, array, member)			\
	static const void *name##_gen_params(const void *prev, char *desc) \
	{								\
		const typeof((array)[0]) *next_ = prev;			\
									\
		next_ = next_ ? next_ + 1 : (array);			\
		if (next_ >= (array) + ARRAY_SIZE(array))		\
			return NULL;					\
		strscpy(desc, next_->member, KUNIT_PARAM_DESC_SIZE);	\
		return next_;						\
	}								\
	extern int no_export

struct kunit *kunit_get_current_test(void);

/* ---- results ---- */

/* What an expectation is about: the place and the text in the source. */
struct kunit_where {
	const char *file;
	int line;
	bool fatal;
	const char *what;
};

void kunit_fail(struct kunit *test, const struct kunit_where *where,
		const char *values, const char *fmt, ...) __printf(4, 5);
char *kunit_values(const char *fmt, ...) __printf(1, 2);
void kunit_abort(struct kunit *test) __noreturn;
void kunit_log_(const char *fmt, ...) __printf(1, 2);

#define kunit_info(test, fmt, ...)	((void)(test), kunit_log_(fmt, ##__VA_ARGS__))

#define kunit_skip(test, fmt, ...) do {					\
	(test)->skipped = true;						\
	snprintf((test)->status_comment, sizeof((test)->status_comment), \
		 fmt, ##__VA_ARGS__);					\
	kunit_abort(test);						\
} while (0)

/* All take a message, a literal, and what it needs; those of KUnit are _MSG. */
#define KUNIT_CHECK(test, ok, fatal, what, values, msg...) do {		\
	static const struct kunit_where where_ = {			\
		__FILE__, __LINE__, fatal, what				\
	};								\
									\
	if (!(ok))							\
		kunit_fail(test, &where_, values, " " msg);		\
} while (0)

#define KUNIT_COMPARE(test, fatal, a, op, b, msg...) do {		\
	const typeof(a) a_ = (a);					\
	const typeof(b) b_ = (b);					\
									\
	KUNIT_CHECK(test, a_ op b_, fatal, #a " " #op " " #b,		\
		    kunit_values("%lld, %lld", (long long)a_,		\
				 (long long)b_), msg);			\
} while (0)

#define KUNIT_PTR(test, fatal, a, op, b, msg...) do {			\
	const void *a_ = (a), *b_ = (b);				\
									\
	KUNIT_CHECK(test, a_ op b_, fatal, #a " " #op " " #b,		\
		    kunit_values("%p, %p", a_, b_), msg);		\
} while (0)

#define KUNIT_EXPECT_STREQ(test, a, b, msg...) do {			\
	const char *a_ = (a), *b_ = (b);				\
									\
	KUNIT_CHECK(test, a_ && b_ && !strcmp(a_, b_), false,		\
		    #a " is " #b, kunit_values("\"%s\", \"%s\"", a_, b_), \
		    msg);						\
} while (0)

#define KUNIT_BOOL(test, fatal, cond, msg...) \
	KUNIT_CHECK(test, cond, fatal, #cond, NULL, msg)
#define KUNIT_MEM(test, fatal, a, b, size, msg...) \
	KUNIT_BOOL(test, fatal, !memcmp(a, b, size), msg)

#define KUNIT_EXPECT_TRUE(test, c...)	KUNIT_BOOL(test, false, c)
#define KUNIT_ASSERT_TRUE(test, c...)	KUNIT_BOOL(test, true, c)
#define KUNIT_EXPECT_FALSE(test, c, msg...) KUNIT_BOOL(test, false, !(c), msg)
#define KUNIT_ASSERT_FALSE(test, c, msg...) KUNIT_BOOL(test, true, !(c), msg)
#define KUNIT_EXPECT_EQ(test, a, b...)	KUNIT_COMPARE(test, false, a, ==, b)
#define KUNIT_ASSERT_EQ(test, a, b...)	KUNIT_COMPARE(test, true, a, ==, b)
#define KUNIT_EXPECT_NE(test, a, b...)	KUNIT_COMPARE(test, false, a, !=, b)
#define KUNIT_ASSERT_NE(test, a, b...)	KUNIT_COMPARE(test, true, a, !=, b)
#define KUNIT_EXPECT_LT(test, a, b...)	KUNIT_COMPARE(test, false, a, <, b)
#define KUNIT_ASSERT_LT(test, a, b...)	KUNIT_COMPARE(test, true, a, <, b)
#define KUNIT_EXPECT_LE(test, a, b...)	KUNIT_COMPARE(test, false, a, <=, b)
#define KUNIT_ASSERT_LE(test, a, b...)	KUNIT_COMPARE(test, true, a, <=, b)
#define KUNIT_EXPECT_GT(test, a, b...)	KUNIT_COMPARE(test, false, a, >, b)
#define KUNIT_ASSERT_GT(test, a, b...)	KUNIT_COMPARE(test, true, a, >, b)
#define KUNIT_EXPECT_GE(test, a, b...)	KUNIT_COMPARE(test, false, a, >=, b)
#define KUNIT_EXPECT_PTR_EQ(test, a, b...) KUNIT_PTR(test, false, a, ==, b)
#define KUNIT_ASSERT_PTR_EQ(test, a, b...) KUNIT_PTR(test, true, a, ==, b)
#define KUNIT_EXPECT_NULL(test, a, msg...) KUNIT_PTR(test, false, a, ==, NULL, msg)
#define KUNIT_EXPECT_NOT_NULL(test, a, msg...) KUNIT_PTR(test, false, a, !=, NULL, msg)
#define KUNIT_ASSERT_NOT_NULL(test, a, msg...) KUNIT_PTR(test, true, a, !=, NULL, msg)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, a, msg...) \
	KUNIT_BOOL(test, true, !IS_ERR_OR_NULL(a), msg)
#define KUNIT_EXPECT_MEMEQ(test, a, b, size...) KUNIT_MEM(test, false, a, b, size)
#define KUNIT_ASSERT_MEMEQ(test, a, b, size...) KUNIT_MEM(test, true, a, b, size)

#define KUNIT_EXPECT_TRUE_MSG		KUNIT_EXPECT_TRUE
#define KUNIT_EXPECT_FALSE_MSG		KUNIT_EXPECT_FALSE
#define KUNIT_ASSERT_TRUE_MSG		KUNIT_ASSERT_TRUE
#define KUNIT_ASSERT_FALSE_MSG		KUNIT_ASSERT_FALSE
#define KUNIT_EXPECT_EQ_MSG		KUNIT_EXPECT_EQ
#define KUNIT_ASSERT_EQ_MSG		KUNIT_ASSERT_EQ
#define KUNIT_ASSERT_NE_MSG		KUNIT_ASSERT_NE
#define KUNIT_EXPECT_NULL_MSG		KUNIT_EXPECT_NULL
#define KUNIT_ASSERT_NOT_NULL_MSG	KUNIT_ASSERT_NOT_NULL

/* ---- what goes away with the test ---- */

int kunit_add_action(struct kunit *test, kunit_action_t *action, void *data);
int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action,
			      void *data);
void kunit_release_action(struct kunit *test, kunit_action_t *action,
			  void *data);

#define KUNIT_DEFINE_ACTION_WRAPPER(wrapper, func, type)		\
	static void wrapper(void *data)					\
	{								\
		func((type)data);					\
	}

void *kunit_alloc_(struct kunit *test, size_t size, bool zero);
void kunit_kfree(struct kunit *test, const void *ptr);

#define kunit_kmalloc(test, size, gfp)	kunit_alloc_(test, size, false)
#define kunit_kzalloc(test, size, gfp)	kunit_alloc_(test, size, true)
#define kunit_kcalloc(test, n, size, gfp) \
	kunit_alloc_(test, size_mul(n, size), true)

struct device *kunit_device_register(struct kunit *test, const char *name);
void kunit_device_unregister(struct kunit *test, struct device *dev);

#endif /* _KUNIT_TEST_H */
