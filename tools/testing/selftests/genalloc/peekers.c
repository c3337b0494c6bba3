// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that looks at struct pages which are not its own, one after the
 * other, at pages that belong to a pool of special memory.
 *
 * The pools are those of test_modules/gen_pool_peekers.c. A row is one way to
 * look at their pages; then each page must have its tag and its one reference,
 * the memory must be as it was, while a thread goes on to allocate and free; and
 * in the kernel log there may be nothing but what the row expects.
 * Documentation/mm/gen_pool_page.rst explains the rows.
 *
 * To be run as root. Does things to the machine that should not be done to one
 * that is used for anything else.
 *
 * usage: peekers [module]
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest.h"

#define DEBUG		"/sys/kernel/debug/"
#define PEEK		DEBUG "gen_pool_peekers/"
#define MEMORY		"/sys/devices/system/memory/"
#define DAMON		"/sys/kernel/mm/damon/admin/kdamonds/"
#define TRACING		"/sys/kernel/tracing/"
#define SWAP		"/dev/vda"

/* Not all C libraries have kernel headers as new as this. */
#ifndef KPF_GENPOOL
#define KPF_GENPOOL	27
#endif
#define KPF_RESERVED_	32
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif
#define PAGE		4096UL
#define COPY_SIZE	256

enum { PASS, FAIL, SKIP };

struct pool {
	unsigned long pfn, nr, addr;
	int reserved;
};

static struct pool pools[2];
static char why[1024];
static char klog[1 << 18];
static int kmsg = -1;

__attribute__((format(printf, 2, 3)))
static int verdict(int result, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	return result;
}

/* ---- files ---- */

/* 0 or -errno. */
static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int put_number(const char *path, const char *format, unsigned long number)
{
	char text[32];

	snprintf(text, sizeof(text), format, number);
	return put(path, text);
}

/* A string; empty if there is nothing to be read. */
static const char *get(const char *path)
{
	static char text[1 << 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && len < sizeof(text) - 1) {
		n = read(fd, text + len, sizeof(text) - 1 - len);
		if (n <= 0)
			break;
		len += n;
	}
	if (fd >= 0)
		close(fd);
	text[len] = '\0';
	return text;
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

/* Reads to the end; the number of bytes. */
static size_t drain(const char *path)
{
	static char buf[1 << 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		len += n;
	if (fd >= 0)
		close(fd);
	return len;
}

/* What a file of /proc has for a page frame. */
static uint64_t of_pfn(const char *path, unsigned long pfn)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t value = -1;

	if (fd < 0 || pread(fd, &value, sizeof(value), pfn * 8) != sizeof(value))
		value = -1;
	if (fd >= 0)
		close(fd);
	return value;
}

static bool poisoned(unsigned long pfn)
{
	return of_pfn("/proc/kpageflags", pfn) >> KPF_HWPOISON & 1;
}

static int command(const char *name)
{
	int err = put(PEEK "do", name);

	return err ? verdict(FAIL, "%s: %s", name, strerror(-err)) : PASS;
}

/* ---- the kernel log ---- */

static const char * const complaints[] = {
	"WARNING:", "BUG:", "Oops", "Bad page", "general protection",
	"Call Trace:", "refcount_t", "page_table_check", "FAIL", "usercopy:",
	"invalid opcode",
};

/* All that is new. */
static void read_log(void)
{
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(klog) - 8192) {
		n = read(kmsg, klog + len, 8192);
		if (n > 0)
			len += n;
		else if (errno != EPIPE)
			break;
	}
	klog[len] = '\0';
}

static const char *complaint(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(complaints); i++)
		if (strstr(klog, complaints[i]))
			return complaints[i];
	return NULL;
}

/* ---- rows: /proc ---- */

static int all_pages(const char *path, uint64_t expected, uint64_t reserved)
{
	unsigned long i, n;
	uint64_t value;

	if (!exists(path))
		return verdict(SKIP, "no %s", path);
	for (i = 0; i < ARRAY_SIZE(pools); i++) {
		for (n = 0; n < pools[i].nr; n++) {
			value = of_pfn(path, pools[i].pfn + n);
			if (value == (expected | (pools[i].reserved ? reserved : 0)))
				continue;
			return verdict(FAIL, "page %lu of pool %lu has %#llx",
				       n, i, (unsigned long long)value);
		}
	}
	return PASS;
}

static int kpageflags(void)
{
	return all_pages("/proc/kpageflags", 1ULL << KPF_GENPOOL,
			 1ULL << KPF_RESERVED_);
}

static int kpagecount(void)
{
	return all_pages("/proc/kpagecount", 0, 0);
}

static int kpagecgroup(void)
{
	return all_pages("/proc/kpagecgroup", 0, 0);
}

static int pagetypeinfo(void)
{
	return drain("/proc/pagetypeinfo") ? PASS :
		verdict(SKIP, "no /proc/pagetypeinfo");
}

static int kcore_at(int fd, const Elf64_Phdr *segment)
{
	unsigned char byte[64];
	unsigned long at = pools[0].addr + PAGE;
	size_t i;

	if (pread(fd, byte, sizeof(byte),
		  segment->p_offset + at - segment->p_vaddr) != sizeof(byte))
		return verdict(FAIL, "cannot be read");
	for (i = 0; i < sizeof(byte); i++)
		if (byte[i] != 0xa5)
			return verdict(FAIL, "has %#x", byte[i]);
	return PASS;
}

static int kcore(void)
{
	int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC), i;
	int result = verdict(FAIL, "not in any segment");
	Elf64_Ehdr head;
	Elf64_Phdr segment;

	if (fd < 0)
		return verdict(SKIP, "no /proc/kcore");
	if (pread(fd, &head, sizeof(head), 0) != sizeof(head))
		head.e_phnum = 0;
	for (i = 0; i < head.e_phnum && result == FAIL; i++) {
		pread(fd, &segment, sizeof(segment),
		      head.e_phoff + i * sizeof(segment));
		if (segment.p_type == PT_LOAD &&
		    pools[0].addr - segment.p_vaddr < segment.p_memsz)
			result = kcore_at(fd, &segment);
	}
	close(fd);
	return result;
}

/* ---- rows: reports ---- */

static int dump(void)
{
	return command("dump");
}

static int dump_obj(void)
{
	return command("dump_obj");
}

static int page_owner(void)
{
	int fd = open(DEBUG "page_owner", O_RDONLY | O_CLOEXEC);
	char text[4096] = "", expected[32];

	if (fd < 0)
		return verdict(SKIP, "no page_owner");
	lseek(fd, pools[0].pfn, SEEK_SET);
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	snprintf(expected, sizeof(expected), "PFN 0x%lx ", pools[0].pfn);
	return strstr(text, expected) ? PASS :
		verdict(text[0] ? FAIL : SKIP, "has %.60s", text);
}

static int kmemleak(void)
{
	int err = put(DEBUG "kmemleak", "scan");

	if (err)
		return verdict(SKIP, "no kmemleak: %s", strerror(-err));
	put(DEBUG "kmemleak", "scan");
	return strstr(get(DEBUG "kmemleak"), "gen_pool") ?
		verdict(FAIL, "a pool's descriptor is said to leak") : PASS;
}

static int page_ref(void)
{
	const char *enable = TRACING "events/page_ref/enable";

	mount("tracefs", TRACING, "tracefs", 0, NULL);
	if (!exists(enable))
		return verdict(SKIP, "no CONFIG_DEBUG_PAGE_REF");
	put(enable, "1");
	if (command("get"))
		return FAIL;
	put(enable, "0");
	return strstr(get(TRACING "trace"), "page_ref") ? PASS :
		verdict(FAIL, "nothing traced");
}

/* ---- rows: looking for what can be moved, freed or measured ---- */

/* Bits for pages that are not on an LRU list are never set. */
static int page_idle(void)
{
	int fd = open("/sys/kernel/mm/page_idle/bitmap", O_RDWR | O_CLOEXEC);
	unsigned long pfn = pools[0].pfn & ~63UL;
	uint64_t bits = -1;
	int result = PASS;

	if (fd < 0)
		return verdict(SKIP, "no page_idle");
	if (pwrite(fd, &bits, sizeof(bits), pfn / 8) != sizeof(bits) ||
	    pread(fd, &bits, sizeof(bits), pfn / 8) != sizeof(bits))
		result = verdict(FAIL, "%s", strerror(errno));
	else if (bits & ~(1ULL << 63))
		result = verdict(FAIL, "idle %#llx", (unsigned long long)bits);
	close(fd);
	return result;
}

static int damon_start(void)
{
	return put(DAMON "nr_kdamonds", "1") ||
		put(DAMON "0/contexts/nr_contexts", "1") ||
		put(DAMON "0/contexts/0/operations", "paddr") ||
		put(DAMON "0/contexts/0/targets/nr_targets", "1") ||
		put(DAMON "0/contexts/0/targets/0/regions/nr_regions", "1") ||
		put_number(DAMON "0/contexts/0/targets/0/regions/0/start",
			   "%lu", pools[0].pfn * PAGE) ||
		put_number(DAMON "0/contexts/0/targets/0/regions/0/end", "%lu",
			   (pools[0].pfn + pools[0].nr) * PAGE) ||
		put(DAMON "0/state", "on");
}

static int damon(void)
{
	int result = PASS;

	if (!exists(DAMON))
		return verdict(SKIP, "no DAMON");
	if (damon_start())
		return verdict(FAIL, "does not start");
	sleep(2);
	if (strncmp(get(DAMON "0/state"), "on", 2))
		result = verdict(FAIL, "has stopped");
	put(DAMON "0/state", "off");
	put(DAMON "nr_kdamonds", "0");
	return result;
}

static unsigned long vmstat(const char *name)
{
	const char *at = strstr(get("/proc/vmstat"), name);

	return at ? strtoul(at + strlen(name), NULL, 10) : 0;
}

static int compaction(void)
{
	unsigned long before = vmstat("compact_migrate_scanned");

	if (put("/proc/sys/vm/compact_memory", "1"))
		return verdict(SKIP, "no compaction");
	return vmstat("compact_migrate_scanned") > before ? PASS :
		verdict(FAIL, "scanned nothing");
}

static int huge_pages(const char *path, const char *nr)
{
	if (!exists(path))
		return verdict(SKIP, "no %s", path);
	put(path, nr);
	put(path, "0");
	return PASS;
}

/* Most of the free memory: some of it has to be made contiguous. */
static int hugetlb(void)
{
	const char *free = strstr(get("/proc/meminfo"), "MemFree:");
	char nr[32];

	snprintf(nr, sizeof(nr), "%lu",
		 free ? strtoul(free + 8, NULL, 10) / 2048 * 3 / 4 : 0);
	return huge_pages("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages",
			  nr);
}

/* alloc_contig_pages(), which asks for the GB that the first pool is in, too. */
static int gigantic(void)
{
	return huge_pages("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages",
			  "100");
}

static int split_huge_pages(void)
{
	return put(DEBUG "split_huge_pages", "1") ?
		verdict(SKIP, "no transparent huge pages") : PASS;
}

static int drop_caches(void)
{
	return put("/proc/sys/vm/drop_caches", "3") ?
		verdict(FAIL, "%s", strerror(errno)) : PASS;
}

static int ksm(void)
{
	const size_t size = 64 * PAGE;
	char *buf = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long merged;
	int i;

	if (buf == MAP_FAILED || madvise(buf, size, MADV_MERGEABLE))
		return verdict(SKIP, "no KSM");
	memset(buf, 0xa5, size);
	put("/sys/kernel/mm/ksm/sleep_millisecs", "0");
	put("/sys/kernel/mm/ksm/pages_to_scan", "1000");
	put("/sys/kernel/mm/ksm/run", "1");
	for (i = 0; i < 100; i++) {
		merged = strtoul(get("/sys/kernel/mm/ksm/pages_sharing"), NULL, 10);
		if (merged)
			break;
		usleep(100000);
	}
	put("/sys/kernel/mm/ksm/run", "2");
	put("/sys/kernel/mm/ksm/run", "0");
	munmap(buf, size);
	return merged ? PASS : verdict(FAIL, "merged nothing");
}

/* ---- rows: poison ---- */

#define HWPOISON	DEBUG "hwpoison/"

/* While something in the page is allocated, its failure is not "recovered". */
enum outcome { REFUSED, DONE, DONE_OR_BUSY };

static bool is_outcome(int err, enum outcome wanted)
{
	return wanted == REFUSED ? err :
	       !err || (wanted == DONE_OR_BUSY && err == -EBUSY);
}

/* One page of each pool. */
static int corrupt(const char *path, const char *format, unsigned long scale,
		   enum outcome wanted, bool poison)
{
	unsigned long i, pfn;
	int err;

	if (!exists(path))
		return verdict(SKIP, "no %s", path);
	for (i = 0; i < ARRAY_SIZE(pools); i++) {
		pfn = pools[i].pfn + 3;
		err = put_number(path, format, pfn * scale);
		if (!is_outcome(err, wanted))
			return verdict(FAIL, "pool %lu: %s", i,
				       err ? strerror(-err) : "not refused");
		if (poisoned(pfn) != poison)
			return verdict(FAIL, "pool %lu: %s", i,
				       poison ? "not poisoned" : "poisoned");
	}
	return PASS;
}

static int soft_offline(void)
{
	return corrupt(MEMORY "soft_offline_page", "%#lx", PAGE, REFUSED, false);
}

static int memory_failure(void)
{
	return corrupt(HWPOISON "corrupt-pfn", "%lu", 1, DONE_OR_BUSY, true);
}

static int unpoison(void)
{
	return corrupt(HWPOISON "unpoison-pfn", "%lu", 1, DONE, false);
}

/* Pages that are not only looked at: these are allocated from, all the time. */
#define BUSY		40
#define NR_BUSY		16

/* Those pages of all pools; then each pool uses exactly those that are good. */
static int put_busy(const char *path, enum outcome wanted)
{
	unsigned long i, n;
	int err;

	for (i = 0; i < ARRAY_SIZE(pools); i++) {
		for (n = BUSY; n < BUSY + NR_BUSY; n++) {
			err = put_number(path, "%lu", pools[i].pfn + n);
			if (!is_outcome(err, wanted))
				return verdict(FAIL, "%s: %s", path, strerror(-err));
		}
	}
	return command("good_pages");
}

static int failure_busy(void)
{
	if (!exists(HWPOISON "corrupt-pfn"))
		return verdict(SKIP, "no hwpoison-inject");
	return put_busy(HWPOISON "corrupt-pfn", DONE_OR_BUSY) ?:
		put_busy(HWPOISON "unpoison-pfn", DONE);
}

static int hard_offline(void)
{
	return corrupt(MEMORY "hard_offline_page", "%#lx", PAGE, DONE_OR_BUSY, true) ?:
		command("clear_poison");
}

static int corrupt_filter(void)
{
	int err;

	if (put(HWPOISON "corrupt-filter-enable", "1"))
		return verdict(SKIP, "no hwpoison-inject");
	err = put_number(HWPOISON "corrupt-pfn", "%lu", pools[0].pfn);
	put(HWPOISON "corrupt-filter-enable", "0");
	if (err || poisoned(pools[0].pfn))
		return verdict(FAIL, "%s, %spoisoned", strerror(-err),
			       poisoned(pools[0].pfn) ? "" : "not ");
	return PASS;
}

static int memory_offline(void)
{
	unsigned long block = strtoul(get(MEMORY "block_size_bytes"), NULL, 16);
	char path[128];
	int err;

	if (!block)
		return verdict(SKIP, "no memory blocks");
	snprintf(path, sizeof(path), MEMORY "memory%lu/state",
		 pools[0].pfn * PAGE / block);
	err = put(path, "offline");
	if (!err) {
		put(path, "online");
		return verdict(FAIL, "not refused");
	}
	return err == -EBUSY ? PASS : verdict(FAIL, "%s", strerror(-err));
}

/* ---- rows: mapped into user space ---- */

static unsigned char *map(void)
{
	int fd = open(PEEK "map", O_RDWR | O_CLOEXEC);
	void *at;

	if (fd < 0)
		return MAP_FAILED;
	at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return at;
}

static int refused_by(const char *how)
{
	unsigned char *at;

	if (command(how))
		return FAIL;
	at = map();
	if (at != MAP_FAILED) {
		munmap(at, PAGE);
		return verdict(FAIL, "not refused");
	}
	return errno == EINVAL ? PASS : verdict(FAIL, "%s", strerror(errno));
}

static int insert_page(void)
{
	return refused_by("map_insert");
}

static int insert_pages(void)
{
	return refused_by("map_insert_pages");
}

static int with_map(int (*func)(unsigned char *at))
{
	unsigned char *at;
	int result;

	if (command("map_remap"))
		return FAIL;
	at = map();
	if (at == MAP_FAILED)
		return verdict(FAIL, "remap_pfn_range(): %s", strerror(errno));
	result = func(at);
	munmap(at, PAGE);
	return result;
}

static int use_remap(unsigned char *at)
{
	at[100] = 1;
	at[100] = 0xa5;
	return at[0] == 0xa5 ? PASS : verdict(FAIL, "has %#x", at[0]);
}

static int remap(void)
{
	return with_map(use_remap);
}

/* Mappings by page frame are passed over. */
static int use_pagemap(unsigned char *at)
{
	uint64_t entry;

	use_remap(at);
	entry = of_pfn("/proc/self/pagemap", (unsigned long)at / PAGE);
	if (entry)
		return verdict(FAIL, "has %#llx", (unsigned long long)entry);
	return drain("/proc/self/smaps") ? PASS : verdict(FAIL, "no smaps");
}

static int pagemap(void)
{
	return with_map(use_pagemap);
}

static int use_gup(unsigned char *at)
{
	char buf[16];
	struct iovec to = { buf, sizeof(buf) }, from = { at, sizeof(buf) };

	use_remap(at);
	if (process_vm_readv(getpid(), &to, 1, &from, 1, 0) >= 0)
		return verdict(FAIL, "not refused");
	return errno == ENOSYS ? verdict(SKIP, "no process_vm_readv()") : PASS;
}

/* A mapping by page frame gives no reference. */
static int gup(void)
{
	return with_map(use_gup);
}

static int use_madvise(unsigned char *at)
{
	static const int advice[] = {
		MADV_HUGEPAGE, MADV_COLLAPSE, MADV_MERGEABLE, MADV_COLD,
		MADV_PAGEOUT, MADV_FREE, MADV_SOFT_OFFLINE, MADV_HWPOISON,
	};
	size_t i;

	use_remap(at);
	for (i = 0; i < ARRAY_SIZE(advice); i++)
		if (!madvise(at, PAGE, advice[i]) && advice[i] == MADV_HWPOISON)
			return verdict(FAIL, "poisoned");
	mlock(at, PAGE);
	return use_remap(at);
}

static int advise(void)
{
	return with_map(use_madvise);
}

static int use_move(unsigned char *at)
{
	void *pages[] = { at };
	int node = 0, status = 0;

	use_remap(at);
	if (syscall(SYS_move_pages, 0, 1, pages, &node, &status, 2) < 0)
		return errno == ENOSYS ? verdict(SKIP, "no move_pages()") : PASS;
	return status < 0 ? PASS : verdict(FAIL, "moved");
}

static int move_pages(void)
{
	return with_map(use_move);
}

static int use_fork(unsigned char *at)
{
	pid_t pid = fork();
	int status = 0;

	if (!pid)
		_exit(use_remap(at));
	waitpid(pid, &status, 0);
	return status ? verdict(FAIL, "status %#x", status) : use_remap(at);
}

static int forked(void)
{
	return with_map(use_fork);
}

/* ---- rows: copies ---- */

static int copy_inside(void)
{
	int fd = open(PEEK "copy", O_RDONLY | O_CLOEXEC);
	char buf[COPY_SIZE];
	ssize_t n = read(fd, buf, sizeof(buf));

	close(fd);
	return n == sizeof(buf) ? PASS : verdict(FAIL, "%s", strerror(errno));
}

/* The process that tries it is killed. */
static int copy_killed(size_t size)
{
	char buf[COPY_SIZE + 1];
	int status = 0;
	pid_t pid = fork();

	if (!pid)
		_exit(read(open(PEEK "copy", O_RDONLY), buf, size) < 0);
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? PASS : verdict(FAIL, "status %#x", status);
}

static int copy_outside(void)
{
	return copy_killed(COPY_SIZE + 1);
}

static int copy_pieces(void)
{
	return command("split") ?: copy_killed(COPY_SIZE);
}

/* ---- rows: by the module ---- */

static int wrong_kfree(void)
{
	return command("kfree");
}

static int ioremap(void)
{
	return command("ioremap");
}

static int memremap(void)
{
	return command("memremap");
}

static int dma(void)
{
	return command("dma");
}

static int neighbour(void)
{
	return command("neighbour");
}

static int reference(void)
{
	return command("get");
}

static int sendpage(void)
{
	return command("sendpage");
}

/* The pool does not take what would keep it from being put offline. */
static int movable(void)
{
	int err = put(PEEK "do", "movable");

	if (err == -ENODEV)
		return verdict(SKIP, "no ZONE_MOVABLE (boot with movablecore=)");
	return err ? verdict(FAIL, "%s", strerror(-err)) : PASS;
}

/* A block of memory that nothing stays in. The number, or -1. */
static int put_offline(void)
{
	char path[128];
	int n;

	for (n = 0; n < 1024; n++) {
		snprintf(path, sizeof(path), MEMORY "memory%d/valid_zones", n);
		if (strncmp(get(path), "Movable", strlen("Movable")))
			continue;
		snprintf(path, sizeof(path), MEMORY "memory%d/state", n);
		if (!put(path, "offline"))
			return n;
	}
	return -1;
}

/* Nor does it take what must not be looked at. */
static int offline(void)
{
	int n = put_offline(), err;
	char path[128];

	if (n < 0)
		return verdict(SKIP, "nothing can be put offline (boot with movablecore=)");
	err = put(PEEK "do", "offline");
	snprintf(path, sizeof(path), MEMORY "memory%d/state", n);
	put(path, "online_movable");
	return err ? verdict(FAIL, "%s", strerror(-err)) : PASS;
}

/* ---- rows: hibernation ---- */

static int make_swap(void)
{
	uint32_t head[3] = { 1 };		/* version, last page, bad pages */
	int fd = open(SWAP, O_RDWR | O_CLOEXEC);
	off_t size;

	if (fd < 0)
		return -1;
	size = lseek(fd, 0, SEEK_END);
	head[1] = size / PAGE - 1;
	if (pwrite(fd, head, sizeof(head), 1024) != sizeof(head) ||
	    pwrite(fd, "SWAPSPACE2", 10, PAGE - 10) != 10)
		size = -1;
	close(fd);
	return size < 0 ? -1 : swapon(SWAP, 0);
}

/* The image is written, and read back into the same system. */
static int hibernation(void)
{
	struct stat st;
	char device[32];
	int err;

	if (!strstr(get("/sys/power/disk"), "test_resume") || stat(SWAP, &st))
		return verdict(SKIP, "no hibernation, or no " SWAP);
	if (make_swap())
		return verdict(FAIL, "swap: %s", strerror(errno));
	snprintf(device, sizeof(device), "%u:%u",
		 (unsigned int)(st.st_rdev >> 8 & 0xfff),
		 (unsigned int)(st.st_rdev & 0xff));
	put("/sys/power/resume", device);
	put("/sys/power/disk", "test_resume");
	err = put("/sys/power/state", "disk");
	swapoff(SWAP);
	return err ? verdict(FAIL, "%s", strerror(-err)) : PASS;
}

/* ---- rows: the end ---- */

static int nothing(void)
{
	sleep(1);
	return PASS;
}

static int unload(void)
{
	return syscall(SYS_delete_module, "gen_pool_peekers", O_NONBLOCK) ?
		verdict(FAIL, "%s", strerror(errno)) : PASS;
}

static int leak(void)
{
	return command("leak");
}

/* The next user of the pages finds them clean. */
static int stop(void)
{
	const size_t size = 128 << 20;
	char *buf;

	if (command("stop"))
		return FAIL;
	buf = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (buf == MAP_FAILED)
		return verdict(FAIL, "%s", strerror(errno));
	munmap(buf, size);
	put("/proc/sys/vm/compact_memory", "1");
	return PASS;
}

/* A way to look at the pages. */
static const struct row {
	const char *name;	/* which */
	int (*func)(void);	/* looks */
	const char *expected[2];	/* what has to be in the kernel log */
	bool warns;		/* the kernel warns */
	bool end;		/* afterwards there are no pools any more */
} rows[] = {
	{ "pools in use", nothing },
	{ "kpageflags", kpageflags },
	{ "kpagecount", kpagecount },
	{ "kpagecgroup", kpagecgroup },
	{ "pagetypeinfo", pagetypeinfo },
	{ "kcore", kcore },
	{ "dump_page", dump, { "page_type: f9(genpool)",
			       "page of pool peekers-buddy" } },
	{ "mem_dump_obj", dump_obj, { "256 bytes of pool peekers-buddy" } },
	{ "page_owner", page_owner },
	{ "kmemleak", kmemleak },
	{ "page_ref tracepoints", page_ref },
	{ "page_idle", page_idle },
	{ "DAMON", damon },
	{ "compaction", compaction },
	{ "hugetlb", hugetlb },
	{ "gigantic pages, alloc_contig_pages()", gigantic },
	{ "split_huge_pages", split_huge_pages },
	{ "drop_caches", drop_caches },
	{ "KSM", ksm },
	{ "soft offline", soft_offline },
	{ "hwpoison filter", corrupt_filter },
	{ "memory_failure()", memory_failure },
	{ "unpoison_memory()", unpoison },
	{ "memory_failure() while others allocate and free", failure_busy },
	{ "hard offline", hard_offline },
	{ "memory block offline", memory_offline,
	  { "page_type: f9(genpool)", "unmovable page" } },
	{ "vm_insert_page()", insert_page },
	{ "vm_insert_pages(), as TCP maps network buffers", insert_pages },
	{ "remap_pfn_range(), page_table_check", remap },
	{ "pagemap and smaps of a mapping", pagemap },
	{ "get_user_pages() on a mapping", gup },
	{ "madvise() and mlock() on a mapping", advise },
	{ "move_pages() on a mapping", move_pages },
	{ "fork() with a mapping", forked },
	{ "usercopy within an allocation", copy_inside },
	{ "usercopy beyond an allocation", copy_outside,
	  { "exposure attempt detected from gen_pool '256 bytes of pool peekers-buddy",
	    "(offset 0, size 257)!" }, .warns = true },
	{ "usercopy across the pieces of a split allocation", copy_pieces,
	  { "exposure attempt detected from gen_pool '64 bytes of pool peekers-buddy",
	    "(offset 0, size 256)!" }, .warns = true },
	{ "kfree()", wrong_kfree, { "page of pool peekers-buddy" },
	  .warns = true },
	{ "ioremap()", ioremap, { "ioremap on RAM" }, .warns = true },
	{ "memremap()", memremap },
	{ "DMA mapping, dma-debug", dma },
	{ "reference for a moment", reference },
	{ "network buffers, sendpage_ok()", sendpage },
	{ "pages of ZONE_MOVABLE are refused", movable },
	{ "pages that are offline are refused", offline },
	{ "free neighbour, page_is_buddy()", neighbour },
	{ "hibernation", hibernation },
	{ "kpageflags again", kpageflags },
	{ "destroyed with something allocated", leak,
	  { "still allocated", "the pool stays" }, .warns = true },
	{ "destroyed, pages freed and used again", stop, .end = true },
	{ "module unloaded", unload, .end = true },
};

/* Those that cannot be made to look, here. */
static const char * const not_driven[] = {
	"memory offline of a poisoned page: succeeds, as for any poisoned page",
	"virtio-mem, Hyper-V and Xen balloons: need a host that takes memory away",
	"page reporting, free page hinting: see free lists only, need a host",
	"vmcore and makedumpfile: need a crash kernel",
	"KVM, VFIO: need a guest, a device",
	"x86 machine checks: set PG_hwpoison as memory_failure() does",
	"amdgpu iomem, IOMMU page checks: need the device",
	"flush_dcache_page(): nothing to do on this machine, if it is x86",
	"kdb: needs a user at the console",
	"MTE, SEV, kexec handover: need other machines",
	"mm_init, shuffle, memblock: look before there are any pools",
};

static int judge(const struct row *row, int result)
{
	const char *bad;
	size_t i;

	read_log();
	bad = complaint();
	if (result == PASS && bad && !row->warns)
		return verdict(FAIL, "the log has %s", bad);
	for (i = 0; i < ARRAY_SIZE(row->expected); i++)
		if (result == PASS && row->expected[i] &&
		    !strstr(klog, row->expected[i]))
			return verdict(FAIL, "the log lacks %s", row->expected[i]);
	bad = row->end ? "" : get(PEEK "verify");
	if (*bad)
		return verdict(FAIL, "%s", bad);
	return result;
}

static void run(const struct row *row)
{
	int result;

	why[0] = '\0';
	result = judge(row, row->func());
	/* An oops makes the console verbose: keep it free for results. */
	put("/proc/sys/kernel/printk", "1");
	if (result == PASS)
		ksft_test_result_pass("%s\n", row->name);
	else if (result == SKIP)
		ksft_test_result_skip("%s: %s\n", row->name, why);
	else
		ksft_test_result_fail("%s: %s\n%s\n", row->name, why, klog);
}

/*
 * The first pool is to be where memory can be put offline, and where there is
 * room for a huge page of 1 GB but for the pool.
 */
static unsigned long lowest_pfn(void)
{
	unsigned long block = strtoul(get(MEMORY "block_size_bytes"), NULL, 16);

	return (block > 1 << 30 ? block : 1 << 30) / PAGE;
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char param[32];
	const char *at;
	size_t i;

	if (fd < 0)
		ksft_exit_skip("no module %s\n", path);
	snprintf(param, sizeof(param), "lowest_pfn=%lu", lowest_pfn());
	if (syscall(SYS_finit_module, fd, param, 0))
		ksft_exit_skip("cannot load %s: %s\n", path, strerror(errno));
	close(fd);
	at = get(PEEK "pools");
	for (i = 0; i < ARRAY_SIZE(pools); i++) {
		if (sscanf(at, "%lu %lu %lu %d", &pools[i].pfn, &pools[i].nr,
			   &pools[i].addr, &pools[i].reserved) != 4)
			ksft_exit_fail_msg("no %s\n", PEEK "pools");
		at = strchr(at, '\n') + 1;
	}
}

int main(int argc, char **argv)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ksft_print_header();
	if (geteuid())
		ksft_exit_skip("must be root\n");
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(kmsg, 0, SEEK_END);
	load_module(argc > 1 ? argv[1] : "test_modules/gen_pool_peekers.ko");
	ksft_set_plan(ARRAY_SIZE(rows) + ARRAY_SIZE(not_driven));
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		run(&rows[i]);
	for (i = 0; i < ARRAY_SIZE(not_driven); i++)
		ksft_test_result_skip("not driven: %s\n", not_driven[i]);
	ksft_finished();
}
