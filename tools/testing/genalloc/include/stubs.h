/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * STUBBED: what the code under test names but what means nothing in a process.
 */

#ifndef _GENALLOC_TEST_STUBS_H
#define _GENALLOC_TEST_STUBS_H

#define EXPORT_SYMBOL(sym)		extern int no_export
#define EXPORT_SYMBOL_GPL(sym)		extern int no_export
#define EXPORT_SYMBOL_IF_KUNIT(sym)	extern int no_export
#define EXPORT_TRACEPOINT_SYMBOL_GPL(name) extern int no_export
#define MODULE_DESCRIPTION(text)	extern int no_export
#define MODULE_LICENSE(text)		extern int no_export
#define MODULE_INFO(tag, info)		extern int no_export

#define __init
#define __initdata
#define __ref
#define __user
#define __iomem
#define __rcu
#define __acquires(lock)
#define __releases(lock)

#define NUMA_NO_NODE			(-1)
#define for_each_online_node(nid)	for (nid = 0; nid < 1; nid++)

typedef unsigned int gfp_t;

#define GFP_KERNEL			16u
#define GFP_NOWAIT			2u
#define __GFP_ZERO			4u
#define __GFP_NOWARN			8u

#define cond_resched()			do { } while (0)

#define preempt_disable()		barrier()
#define preempt_enable()		barrier()

#define TASK_COMM_LEN			16
typedef unsigned int depot_stack_handle_t;

struct kernel_param;

struct kernel_param_ops {
	unsigned int flags;
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buf, const struct kernel_param *kp);
};

#define module_param(name, type, perm) \
	type *const param_##name = &(name)
#define KERNEL_PARAM_OPS_FL_NOARG	1
#define param_get_bool			NULL
#define kstrtobool(s, res)		((void)(s), *(res) = false, -EINVAL)
#define module_param_cb(name, ops, arg, perm) \
	const void *const param_##name = (ops)

#endif /* _GENALLOC_TEST_STUBS_H */
