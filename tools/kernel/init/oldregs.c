// SPDX-License-Identifier: GPL-2.0
/*
 * LD_PRELOAD for UML on CPUs with AMX. UML of Linux 6.12 gives the extended
 * registers of a process a buffer of fixed size. It can read the first part of
 * AMX registers into that, but not write them back, and the first process dies
 * with "ptrace set fp regs failed". Told that it cannot read them either, UML
 * makes do with the registers that every CPU has.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/ptrace.h>

long ptrace(enum __ptrace_request request, ...)
{
	long (*next)(int request, ...) = dlsym(RTLD_NEXT, "ptrace");
	void *addr, *data;
	va_list args;
	long pid;

	va_start(args, request);
	pid = va_arg(args, long);
	addr = va_arg(args, void *);
	data = va_arg(args, void *);
	va_end(args);

	if (request == PTRACE_GETREGSET && (long)addr == NT_X86_XSTATE) {
		errno = ENODEV;
		return -1;
	}
	return next(request, pid, addr, data);
}
