// SPDX-License-Identifier: GPL-2.0
/*
 * The only user space of our test kernels. Loads the modules that are listed
 * in /modules/list, copies the pools table into the kernel log, unloads the
 * modules, lets kmemleak look, and ends the machine by a reboot. Arguments:
 *
 *	seconds=N	leave the modules loaded for that long
 *	run=PATH	run a program before the end
 *	poweroff	end the machine that way
 *
 * Everything goes through /dev/kmsg: there, lines of ours and of the kernel
 * cannot cut each other up, and the host has one log to judge.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODULES_MAX	32
#define DEBUG		"/sys/kernel/debug"
#define POOLS		DEBUG "/genalloc/pools"
#define KMEMLEAK	DEBUG "/kmemleak"
#define FAILSLAB	DEBUG "/failslab"

static char modules[MODULES_MAX][128];
static int nr_modules;
static int kmsg = -1;

/* One write is one record of the log. */
__attribute__((format(printf, 1, 2)))
static void say(const char *fmt, ...)
{
	char line[900] = "<6>genalloc-init: ";
	size_t at = strlen(line);
	va_list args;

	va_start(args, fmt);
	vsnprintf(line + at, sizeof(line) - at, fmt, args);
	va_end(args);
	if (write(kmsg, line, strlen(line)) < 0)
		perror("kmsg");
}

static void mount_one(const char *type, const char *where)
{
	if (mount(type, where, type, 0, NULL))
		say("FAIL cannot mount %s: %s", where, strerror(errno));
}

/* KUnit runs the suites of a module before finit_module() returns. */
static void load(const char *name)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "/modules/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		say("FAIL cannot load %s: %s", name, strerror(errno));
	else
		say("loaded %s", name);
	if (fd >= 0)
		close(fd);
}

static void unload(const char *name)
{
	if (syscall(SYS_delete_module, name, O_NONBLOCK))
		say("FAIL cannot unload %s: %s", name, strerror(errno));
}

static void load_all(void)
{
	FILE *list = fopen("/modules/list", "r");

	if (!list)
		return;
	while (nr_modules < MODULES_MAX &&
	       fscanf(list, "%127s", modules[nr_modules]) == 1)
		load(modules[nr_modules++]);
	fclose(list);
}

static void unload_all(void)
{
	while (nr_modules)
		unload(modules[--nr_modules]);
}

/* False if the kernel does not have the file. */
static bool show_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[512];

	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		say("| %s", line);
	}
	fclose(file);
	return true;
}

static void show_pools(void)
{
	if (access(POOLS, R_OK)) {
		say("no %s", POOLS);
		return;
	}
	say("pools begin");
	show_file(POOLS);
	say("pools end");
}

/* What this kernel has not switched on it cannot be told. */
static void tell(const char *path, const char *what)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, what, strlen(what)) < 0)
		say("FAIL cannot write %s to %s: %s", what, path,
		    strerror(errno));
	close(fd);
}

/* Memory that is young, or was seen to be lost only once, is not reported. */
static void find_leaks(void)
{
	if (access(KMEMLEAK, R_OK))
		return;
	sleep(6);
	tell(KMEMLEAK, "scan");
	tell(KMEMLEAK, "scan");
	show_file(KMEMLEAK);
	say("leaks end");
}

static void run(const char *path)
{
	int status = -1;
	pid_t pid;

	mount_one("devtmpfs", "/dev");
	pid = fork();
	if (!pid) {
		execl(path, path, NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	say("%s: status %d", path, status);
}

int main(int argc __attribute__((unused)), char **argv)
{
	bool power_off = false;
	unsigned int seconds = 0;
	char program[128] = "";

	while (*++argv) {
		if (!strcmp(*argv, "poweroff"))
			power_off = true;
		sscanf(*argv, "seconds=%u", &seconds);
		sscanf(*argv, "run=%127s", program);
	}

	kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	mount_one("proc", "/proc");
	mount_one("sysfs", "/sys");
	mount_one("debugfs", DEBUG);
	/* The tests that let allocations fail choose which, and know it. */
	tell(FAILSLAB "/ignore-gfp-wait", "N");
	tell(FAILSLAB "/verbose", "0");
	load_all();
	sleep(seconds);
	show_pools();
	unload_all();
	find_leaks();
	if (*program)
		run(program);
	say("end");
	/*
	 * Reboot ends QEMU, which is started with -no-reboot; not every board
	 * can power off. UML would start anew and is told to power off.
	 */
	reboot(power_off ? RB_POWER_OFF : RB_AUTOBOOT);
	return 1;
}
