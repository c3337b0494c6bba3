/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PROOF(name, arguments) is a function that the checker runs for all values of
 * its arguments at once; LONG_PROOF() one that takes it more than seconds,
 * HARD_PROOF() one that another solver is for, and DEEP_PROOF() one that
 * takes that one too long in 64 bits or in large maps, see run.sh.
 */
#ifndef PROVE_H
#define PROVE_H

#include <shim.h>

#define PROOF(name, args...)		void prove_##name(args)
#define LONG_PROOF(name, args...)	PROOF(name, args)
#define HARD_PROOF(name, args...)	PROOF(name, args)
#define DEEP_PROOF(name, args...)	PROOF(name, args)

#define assume(cond)			__CPROVER_assume(cond)
#define check(cond)			__CPROVER_assert(cond, #cond)
/* To be shown, too, if a check fails: other values, and the call. */
#define show(what)			__CPROVER_input(#what, what)
#define CALL(type, ret, call) type ret = ({				\
	type ret_ = (call);						\
									\
	__CPROVER_input(#call, ret_);					\
	ret_;								\
})

/* State of unit @i of a word. */
#define UNIT(word, i)			((word) >> 2 * (i) & 3)
#define BYTE(word, i)			((word) >> 8 * (i) & 0xff)

unsigned long nondet_ulong(void);

static bool may_warn;

void shim_warn(const char *file, int line, const char *fmt, ...)
{
	check(may_warn);
}

#endif /* PROVE_H */
