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

/**
 * struct kunit - the test that is running
 * @name: its name
 * @priv: for the suite's init function and the tests
 * @param_value: what the test is run for, if it has parameters
 * @status_comment: why it was skipped
 * @failed: an expectation was not met
 * @skipped: it does not apply
 * @cleanups: what is to be done when it ends, the last one first
 * @abort: where a failed assertion goes
 */
struct kunit {
	const char *name;
	void *priv;
	const void *param_value;
	char status_comment[256];
	/* private: */
	bool failed;
	bool skipped;
	struct kunit_cleanup *cleanups;
	jmp_buf abort;
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
#define KUNIT_CASE_ATTR(func, attr...)	KUNIT_CASE(func)
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

/* Instead of a format and its arguments. */
#define NO_MSG			"%s", ""

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
#define kunit_warn(test, fmt, ...)	kunit_info(test, fmt, ##__VA_ARGS__)
#define kunit_err(test, fmt, ...)	kunit_info(test, fmt, ##__VA_ARGS__)

#define kunit_mark_skipped(test, fmt, ...) do {				\
	(test)->skipped = true;						\
	snprintf((test)->status_comment, sizeof((test)->status_comment), \
		 fmt, ##__VA_ARGS__);					\
} while (0)

#define kunit_skip(test, fmt, ...) do {					\
	kunit_mark_skipped(test, fmt, ##__VA_ARGS__);			\
	kunit_abort(test);						\
} while (0)

#define KUNIT_CHECK(test, ok, fatal, what, values, fmt, ...) do {	\
	static const struct kunit_where where_ = {			\
		__FILE__, __LINE__, fatal, what				\
	};								\
									\
	if (!(ok))							\
		kunit_fail(test, &where_, values, fmt, ##__VA_ARGS__);	\
} while (0)

#define KUNIT_COMPARE(test, fatal, a, op, b, fmt, ...) do {		\
	const typeof(a) a_ = (a);					\
	const typeof(b) b_ = (b);					\
									\
	KUNIT_CHECK(test, a_ op b_, fatal, #a " " #op " " #b,		\
		    kunit_values("%lld, %lld", (long long)a_,		\
				 (long long)b_),			\
		    fmt, ##__VA_ARGS__);				\
} while (0)

#define KUNIT_COMPARE_PTR(test, fatal, a, op, b, fmt, ...) do {		\
	const void *a_ = (a), *b_ = (b);				\
									\
	KUNIT_CHECK(test, a_ op b_, fatal, #a " " #op " " #b,		\
		    kunit_values("%p, %p", a_, b_), fmt, ##__VA_ARGS__); \
} while (0)

#define KUNIT_COMPARE_STR(test, fatal, a, op, b, fmt, ...) do {		\
	const char *a_ = (a), *b_ = (b);				\
									\
	KUNIT_CHECK(test, a_ && b_ && strcmp(a_, b_) op 0, fatal,	\
		    #a " " #op " " #b,					\
		    kunit_values("\"%s\", \"%s\"", a_, b_), fmt,	\
		    ##__VA_ARGS__);					\
} while (0)

#define KUNIT_BOOL(test, fatal, cond, fmt, ...) \
	KUNIT_CHECK(test, cond, fatal, #cond, NULL, fmt, ##__VA_ARGS__)

#define KUNIT_MEM(test, fatal, a, op, b, size, fmt, ...) \
	KUNIT_CHECK(test, memcmp(a, b, size) op 0, fatal, \
		    "memory: " #a " " #op " " #b, NULL, fmt, ##__VA_ARGS__)

#define KUNIT_SUCCEED(test)		((void)(test))
#define KUNIT_FAIL(test, fmt, ...) \
	KUNIT_CHECK(test, false, false, "failed", NULL, fmt, ##__VA_ARGS__)
#define KUNIT_FAIL_AND_ABORT(test, fmt, ...) \
	KUNIT_CHECK(test, false, true, "failed", NULL, fmt, ##__VA_ARGS__)

#define KUNIT_EXPECT_TRUE_MSG(test, cond, fmt, ...) \
	KUNIT_BOOL(test, false, cond, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_TRUE_MSG(test, cond, fmt, ...) \
	KUNIT_BOOL(test, true, cond, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_FALSE_MSG(test, cond, fmt, ...) \
	KUNIT_BOOL(test, false, !(cond), fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_FALSE_MSG(test, cond, fmt, ...) \
	KUNIT_BOOL(test, true, !(cond), fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_EQ_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, false, a, ==, b, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_EQ_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, true, a, ==, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NE_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, false, a, !=, b, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_NE_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, true, a, !=, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_LT_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, false, a, <, b, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_LT_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, true, a, <, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, false, a, <=, b, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_LE_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, true, a, <=, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_GT_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, false, a, >, b, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_GT_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, true, a, >, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_GE_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, false, a, >=, b, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_GE_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE(test, true, a, >=, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_PTR_EQ_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE_PTR(test, false, a, ==, b, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_PTR_EQ_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE_PTR(test, true, a, ==, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_PTR_NE_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE_PTR(test, false, a, !=, b, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_PTR_NE_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE_PTR(test, true, a, !=, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NULL_MSG(test, ptr, fmt, ...) \
	KUNIT_COMPARE_PTR(test, false, ptr, ==, NULL, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_NULL_MSG(test, ptr, fmt, ...) \
	KUNIT_COMPARE_PTR(test, true, ptr, ==, NULL, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, ptr, fmt, ...) \
	KUNIT_COMPARE_PTR(test, false, ptr, !=, NULL, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL_MSG(test, ptr, fmt, ...) \
	KUNIT_COMPARE_PTR(test, true, ptr, !=, NULL, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(test, ptr, fmt, ...) \
	KUNIT_BOOL(test, false, !IS_ERR_OR_NULL(ptr), fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(test, ptr, fmt, ...) \
	KUNIT_BOOL(test, true, !IS_ERR_OR_NULL(ptr), fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_STREQ_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE_STR(test, false, a, ==, b, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_STREQ_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE_STR(test, true, a, ==, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_STRNEQ_MSG(test, a, b, fmt, ...) \
	KUNIT_COMPARE_STR(test, false, a, !=, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_MEMEQ_MSG(test, a, b, size, fmt, ...) \
	KUNIT_MEM(test, false, a, ==, b, size, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_MEMEQ_MSG(test, a, b, size, fmt, ...) \
	KUNIT_MEM(test, true, a, ==, b, size, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_MEMNEQ_MSG(test, a, b, size, fmt, ...) \
	KUNIT_MEM(test, false, a, !=, b, size, fmt, ##__VA_ARGS__)

#define KUNIT_EXPECT_TRUE(test, cond)	KUNIT_EXPECT_TRUE_MSG(test, cond, NO_MSG)
#define KUNIT_ASSERT_TRUE(test, cond)	KUNIT_ASSERT_TRUE_MSG(test, cond, NO_MSG)
#define KUNIT_EXPECT_FALSE(test, cond)	KUNIT_EXPECT_FALSE_MSG(test, cond, NO_MSG)
#define KUNIT_ASSERT_FALSE(test, cond)	KUNIT_ASSERT_FALSE_MSG(test, cond, NO_MSG)
#define KUNIT_EXPECT_EQ(test, a, b)	KUNIT_EXPECT_EQ_MSG(test, a, b, NO_MSG)
#define KUNIT_ASSERT_EQ(test, a, b)	KUNIT_ASSERT_EQ_MSG(test, a, b, NO_MSG)
#define KUNIT_EXPECT_NE(test, a, b)	KUNIT_EXPECT_NE_MSG(test, a, b, NO_MSG)
#define KUNIT_ASSERT_NE(test, a, b)	KUNIT_ASSERT_NE_MSG(test, a, b, NO_MSG)
#define KUNIT_EXPECT_LT(test, a, b)	KUNIT_EXPECT_LT_MSG(test, a, b, NO_MSG)
#define KUNIT_ASSERT_LT(test, a, b)	KUNIT_ASSERT_LT_MSG(test, a, b, NO_MSG)
#define KUNIT_EXPECT_LE(test, a, b)	KUNIT_EXPECT_LE_MSG(test, a, b, NO_MSG)
#define KUNIT_ASSERT_LE(test, a, b)	KUNIT_ASSERT_LE_MSG(test, a, b, NO_MSG)
#define KUNIT_EXPECT_GT(test, a, b)	KUNIT_EXPECT_GT_MSG(test, a, b, NO_MSG)
#define KUNIT_ASSERT_GT(test, a, b)	KUNIT_ASSERT_GT_MSG(test, a, b, NO_MSG)
#define KUNIT_EXPECT_GE(test, a, b)	KUNIT_EXPECT_GE_MSG(test, a, b, NO_MSG)
#define KUNIT_ASSERT_GE(test, a, b)	KUNIT_ASSERT_GE_MSG(test, a, b, NO_MSG)
#define KUNIT_EXPECT_PTR_EQ(test, a, b)	KUNIT_EXPECT_PTR_EQ_MSG(test, a, b, NO_MSG)
#define KUNIT_ASSERT_PTR_EQ(test, a, b)	KUNIT_ASSERT_PTR_EQ_MSG(test, a, b, NO_MSG)
#define KUNIT_EXPECT_PTR_NE(test, a, b)	KUNIT_EXPECT_PTR_NE_MSG(test, a, b, NO_MSG)
#define KUNIT_ASSERT_PTR_NE(test, a, b)	KUNIT_ASSERT_PTR_NE_MSG(test, a, b, NO_MSG)
#define KUNIT_EXPECT_NULL(test, ptr)	KUNIT_EXPECT_NULL_MSG(test, ptr, NO_MSG)
#define KUNIT_ASSERT_NULL(test, ptr)	KUNIT_ASSERT_NULL_MSG(test, ptr, NO_MSG)
#define KUNIT_EXPECT_NOT_NULL(test, ptr) KUNIT_EXPECT_NOT_NULL_MSG(test, ptr, NO_MSG)
#define KUNIT_ASSERT_NOT_NULL(test, ptr) KUNIT_ASSERT_NOT_NULL_MSG(test, ptr, NO_MSG)
#define KUNIT_EXPECT_NOT_ERR_OR_NULL(test, ptr) \
	KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(test, ptr, NO_MSG)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ptr) \
	KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(test, ptr, NO_MSG)
#define KUNIT_EXPECT_STREQ(test, a, b)	KUNIT_EXPECT_STREQ_MSG(test, a, b, NO_MSG)
#define KUNIT_ASSERT_STREQ(test, a, b)	KUNIT_ASSERT_STREQ_MSG(test, a, b, NO_MSG)
#define KUNIT_EXPECT_STRNEQ(test, a, b)	KUNIT_EXPECT_STRNEQ_MSG(test, a, b, NO_MSG)
#define KUNIT_EXPECT_MEMEQ(test, a, b, size) \
	KUNIT_EXPECT_MEMEQ_MSG(test, a, b, size, NO_MSG)
#define KUNIT_ASSERT_MEMEQ(test, a, b, size) \
	KUNIT_ASSERT_MEMEQ_MSG(test, a, b, size, NO_MSG)
#define KUNIT_EXPECT_MEMNEQ(test, a, b, size) \
	KUNIT_EXPECT_MEMNEQ_MSG(test, a, b, size, NO_MSG)

/* ---- what goes away with the test ---- */

int kunit_add_action(struct kunit *test, kunit_action_t *action, void *data);
int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action,
			      void *data);
void kunit_remove_action(struct kunit *test, kunit_action_t *action,
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
#define kunit_kmalloc_array(test, n, size, gfp) \
	kunit_alloc_(test, size_mul(n, size), false)
#define kunit_kcalloc(test, n, size, gfp) \
	kunit_alloc_(test, size_mul(n, size), true)

struct device *kunit_device_register(struct kunit *test, const char *name);
void kunit_device_unregister(struct kunit *test, struct device *dev);

#endif /* _KUNIT_TEST_H */
