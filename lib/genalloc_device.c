// SPDX-License-Identifier: GPL-2.0-only
/*
 * genalloc: pools that belong to a device, and how others find them
 *
 * The driver that provides the memory creates the pool.  The pool is destroyed
 * when the driver is unbound, and not before.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/of.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "genalloc.h"

static void devm_gen_pool_release(struct device *dev, void *res)
{
	struct gen_pool *pool = *(struct gen_pool **)res;

	pool->of_device = false;
	gen_pool_destroy(pool);
}

static int devm_gen_pool_match(struct device *dev, void *res, void *data)
{
	const char *name = (*(struct gen_pool **)res)->name;

	/* A pool without a name is found without a name. */
	if (!name || !data)
		return !name && !data;

	return !strcmp(name, data);
}

/**
 * gen_pool_get - find a pool of a device
 * @dev: the device
 * @name: name of the pool, or NULL for the one without a name
 *
 * Context: Any but NMI and hard interrupt.
 * Return: the pool, which goes with @dev; NULL if there is none.
 */
struct gen_pool *gen_pool_get(struct device *dev, const char *name)
{
	struct gen_pool **p = devres_find(dev, devm_gen_pool_release,
					  devm_gen_pool_match, (void *)name);

	return p ? *p : NULL;
}
EXPORT_SYMBOL_GPL(gen_pool_get);

/**
 * devm_gen_pool_create - create a pool that goes with a device
 * @dev: the device that provides the memory
 * @min_alloc_order: as gen_pool_create()
 * @nid: as gen_pool_create()
 * @name: name of the pool, unique on @dev, or NULL
 *
 * Context: Process context, may sleep.
 * Return: the pool, or an ERR_PTR()
 * * %-EINVAL: the device has a pool of that name
 * * %-ENOMEM: as gen_pool_create()
 */
struct gen_pool *devm_gen_pool_create(struct device *dev, int min_alloc_order,
				      int nid, const char *name)
{
	struct gen_pool **ptr, *pool;

	if (gen_pool_get(dev, name))
		return ERR_PTR(-EINVAL);

	ptr = devres_alloc(devm_gen_pool_release, sizeof(*ptr), GFP_KERNEL);
	if (!ptr)
		return ERR_PTR(-ENOMEM);

	pool = gen_pool_create_named(min_alloc_order, nid, name,
				     __builtin_return_address(0));
	if (!pool) {
		devres_free(ptr);
		return ERR_PTR(-ENOMEM);
	}

	pool->of_device = true;
	*ptr = pool;
	devres_add(dev, ptr);

	return pool;
}
EXPORT_SYMBOL(devm_gen_pool_create);

#ifdef CONFIG_OF
static const char *pool_label(struct device_node *np)
{
	const char *label;

	if (of_property_read_string(np, "label", &label))
		label = of_node_full_name(np);
	return label;
}

/**
 * of_gen_pool_get - find the pool that a device tree node refers to
 * @np: the node
 * @propname: name of its property with phandles
 * @index: which of the phandles
 *
 * The phandle refers to the node of the device that provides the pool, or to a
 * child of it; then the pool has the child's label or name.
 *
 * Context: Process context.
 * Return: the pool; NULL if there is none, or not yet.
 */
struct gen_pool *of_gen_pool_get(struct device_node *np, const char *propname,
				 int index)
{
	struct device_node *np_pool = of_parse_phandle(np, propname, index);
	struct platform_device *pdev;
	struct gen_pool *pool = NULL;
	struct device_node *parent;
	const char *name = NULL;

	if (!np_pool)
		return NULL;

	pdev = of_find_device_by_node(np_pool);
	if (!pdev) {
		parent = of_get_parent(np_pool);
		pdev = of_find_device_by_node(parent);
		of_node_put(parent);
		name = pool_label(np_pool);
	}
	if (pdev) {
		pool = gen_pool_get(&pdev->dev, name);
		put_device(&pdev->dev);
	}
	of_node_put(np_pool);

	return pool;
}
EXPORT_SYMBOL_GPL(of_gen_pool_get);
#endif /* CONFIG_OF */
