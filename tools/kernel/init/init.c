// SPDX-License-Identifier: GPL-2.0
/*
 * The only user space of our test kernels. Loads the modules that are listed
 * in /modules/list, or in the file that modules= on the command line names,
 * does what its arguments ask for in their order, copies the pools table into
 * the kernel log, unloads the modules, lets kmemleak look and counts pools, and
 * ends the machine by a reboot. While there are modules, a process reads all
 * that debugfs has of pools, over and over. Arguments:
 *
 *	seconds=N	wait for that long
 *	wait=FILE[,TEXT] until the file is there, and has a line with the text
 *	read=FILE	its first line goes into the log
 *	show=FILE	all of it does
 *	write=FILE,TEXT
 *	poke=ADDRESS,N	32 bits of physical memory, through /dev/mem
 *	drivers=BUS	how many devices there are, and how many have a driver;
 *			its directory in /sys, as in the next two
 *	release=DRIVER	take its devices away from it
 *	p2pmem=DEVICE	use memory of a PCI device, see p2pmem.c
 *	pools		the pools table, as at the end
 *	tool=PATH,ARG...	the output of a program goes into the log
 *	run=PATH	run a program before the end
 *	poweroff	end the machine that way
 *
 * Everything goes through /dev/kmsg: there, lines of ours and of the kernel
 * cannot cut each other up, and the host has one log to judge.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

#define MODULES_MAX	64
#define WAIT_SECONDS	60
#define DEBUG		"/sys/kernel/debug"
#define GENALLOC	DEBUG "/genalloc"
#define POOLS		GENALLOC "/pools"
#define KMEMLEAK	DEBUG "/kmemleak"
#define FAILSLAB	DEBUG "/failslab"

static char modules[MODULES_MAX][128];
static int nr_modules;
static int kmsg = -1;

/* One write is one record of the log, which is shown once it ends in a newline. */
void say(const char *fmt, ...)
{
	char line[900] = "<6>genalloc-init: ";
	size_t at = strlen(line);
	va_list args;

	va_start(args, fmt);
	vsnprintf(line + at, sizeof(line) - at - 1, fmt, args);
	va_end(args);
	strcat(line, "\n");
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
	const char *path = getenv("modules");
	FILE *list = fopen(path ? path : "/modules/list", "r");

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

static volatile sig_atomic_t reading_ends;

static void end_reading(int sig)
{
	reading_ends = sig;
}

/* Pools come and go meanwhile, so any of it may fail. */
static void read_to_end(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	char buffer[4096];

	while (fd >= 0 && !reading_ends && read(fd, buffer, sizeof(buffer)) > 0)
		;
	if (fd >= 0)
		close(fd);
}

/* Returns how many files there are in the directory and those below it. */
static unsigned long read_all(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	unsigned long nr = 0;

	while (dir && !reading_ends && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (entry->d_type == DT_DIR) {
			nr += read_all(fd, entry->d_name);
		} else {
			read_to_end(fd, entry->d_name);
			nr++;
		}
	}
	if (dir)
		closedir(dir);
	return nr;
}

static pid_t reader;

static void start_reader(void)
{
	unsigned long nr = 0;

	if (access("/modules/list", R_OK))
		return;
	reader = fork();
	if (reader)
		return;
	signal(SIGTERM, end_reading);
	while (!reading_ends)
		nr += read_all(AT_FDCWD, GENALLOC);
	say("%lu files of pools read", nr);
	_exit(0);
}

static void end_reader(void)
{
	if (!reader)
		return;
	kill(reader, SIGTERM);
	waitpid(reader, NULL, 0);
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

/* Lines of the pools table. */
static unsigned int count_pools(void)
{
	unsigned int lines = 0;
	char line[200];
	FILE *file = fopen(POOLS, "r");

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		lines++;
	fclose(file);
	return lines;
}

static unsigned int nr_pools;

/* Once the tests are done there are as many as before. */
static void compare_pools(void)
{
	unsigned int before = nr_pools;

	nr_pools = count_pools();
	say("%spools listed: %u, before %u", nr_pools == before ? "" : "FAIL ",
	    nr_pools, before);
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
	compare_pools();
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

static void tool(char *command)
{
	char *argv[16] = {}, *arg, line[512];
	int fds[2], status = -1, nr = 0;
	FILE *output;
	pid_t pid;

	for (arg = strtok(command, ","); arg && nr < 15; arg = strtok(NULL, ","))
		argv[nr++] = arg;
	if (!nr || pipe(fds))
		return;
	pid = fork();
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		execv(argv[0], argv);
		_exit(127);
	}
	close(fds[1]);
	output = fdopen(fds[0], "r");
	while (output && fgets(line, sizeof(line), output)) {
		line[strcspn(line, "\n")] = '\0';
		say("> %s", line);
	}
	if (output)
		fclose(output);
	waitpid(pid, &status, 0);
	say("%s: status %d", argv[0], status);
}

static void wait_seconds(unsigned int seconds)
{
	if (seconds)
		say("waiting %u seconds", seconds);
	sleep(seconds);
}

static bool is_there(const char *path, const char *text)
{
	FILE *file = fopen(path, "r");
	bool there = file && !text;
	char line[512];

	while (file && !there && fgets(line, sizeof(line), file))
		there = strstr(line, text);
	if (file)
		fclose(file);
	return there;
}

static void wait_for_file(char *path)
{
	unsigned int tenths;
	char *text;

	say("waiting for %s", path);
	text = strchr(path, ',');
	if (text)
		*text++ = '\0';
	for (tenths = 0; tenths < WAIT_SECONDS * 10; tenths++) {
		if (is_there(path, text))
			return;
		usleep(100000);
	}
	say("FAIL no %s%s%s after %u seconds", text ?: "", text ? " in " : "", path,
	    WAIT_SECONDS);
}

static void read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[512] = "";

	if (!file || !fgets(line, sizeof(line), file))
		say("FAIL cannot read %s: %s", path, strerror(errno));
	line[strcspn(line, "\n")] = '\0';
	say("%s: %s", path, line);
	if (file)
		fclose(file);
}

static void write_at(const char *path, off_t where, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	/* Not every file can seek, or is written to its end at once. */
	if (fd < 0 || (where && lseek(fd, where, SEEK_SET) != where) ||
	    write(fd, data, size) < 0)
		say("FAIL cannot write to %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* The part behind the comma, which becomes the end of the part before it. */
static char *second_of(char *pair)
{
	char *comma = strchr(pair, ',');

	if (!comma) {
		say("FAIL no comma in %s", pair);
		return pair + strlen(pair);
	}
	*comma = '\0';
	return comma + 1;
}

static void write_file(char *pair)
{
	const char *text = second_of(pair);

	write_at(pair, 0, text, strlen(text));
}

static void poke(char *pair)
{
	uint32_t value = strtoul(second_of(pair), NULL, 0);

	write_at("/dev/mem", strtoull(pair, NULL, 0), &value, sizeof(value));
}

static void count_drivers(const char *bus)
{
	unsigned int devices = 0, bound = 0;
	struct dirent *entry;
	char path[512];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/devices", bus);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/devices/%s/driver", bus,
			 entry->d_name);
		devices++;
		bound += !access(path, F_OK);
	}
	say("%s: %u devices, %u with a driver", bus, devices, bound);
	if (dir)
		closedir(dir);
}

/* The entries of a driver that are links to something else than its module. */
static void release_devices(const char *driver)
{
	struct dirent *entry;
	char path[512];
	DIR *dir = opendir(driver);

	snprintf(path, sizeof(path), "%s/unbind", driver);
	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_LNK && strcmp(entry->d_name, "module"))
			write_at(path, 0, entry->d_name, strlen(entry->d_name));
	if (dir)
		closedir(dir);
	else
		say("FAIL no %s", driver);
}

/* What stands behind NAME= in the argument, or NULL. */
static char *value_of(char *arg, const char *name)
{
	size_t length = strlen(name);

	return strncmp(arg, name, length) || arg[length] != '=' ?
		NULL : arg + length + 1;
}

static void do_argument(char *arg)
{
	char *value;

	if ((value = value_of(arg, "seconds")))
		wait_seconds(atoi(value));
	else if ((value = value_of(arg, "wait")))
		wait_for_file(value);
	else if ((value = value_of(arg, "read")))
		read_file(value);
	else if ((value = value_of(arg, "show")))
		show_file(value);
	else if ((value = value_of(arg, "write")))
		write_file(value);
	else if ((value = value_of(arg, "poke")))
		poke(value);
	else if ((value = value_of(arg, "release")))
		release_devices(value);
	else if ((value = value_of(arg, "drivers")))
		count_drivers(value);
	else if ((value = value_of(arg, "p2pmem")))
		use_p2pmem(value);
	else if ((value = value_of(arg, "tool")))
		tool(value);
	else if (!strcmp(arg, "pools"))
		show_pools();
}

int main(int argc __attribute__((unused)), char **argv)
{
	bool power_off = false;
	char *value, *program = NULL;

	kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	mount_one("proc", "/proc");
	mount_one("sysfs", "/sys");
	mount_one("debugfs", DEBUG);
	/* 7.2 no longer mounts it on debugfs. */
	if (!access("/sys/kernel/tracing", F_OK))
		mount_one("tracefs", "/sys/kernel/tracing");
	/* The tests that let allocations fail choose which, and know it. */
	tell(FAILSLAB "/ignore-gfp-wait", "N");
	tell(FAILSLAB "/verbose", "0");
	nr_pools = count_pools();
	start_reader();
	load_all();
	while (*++argv) {
		if (!strcmp(*argv, "poweroff"))
			power_off = true;
		else if ((value = value_of(*argv, "run")))
			program = value;
		else
			do_argument(*argv);
	}
	show_pools();
	unload_all();
	end_reader();
	find_leaks();
	if (program)
		run(program);
	say("end");
	/* The console of s390 keeps the last line for itself. */
	say("the machine is restarted");
	/*
	 * Reboot ends QEMU, which is started with -no-reboot; not every board
	 * can power off. UML would start anew and is told to power off.
	 */
	reboot(power_off ? RB_POWER_OFF : RB_AUTOBOOT);
	return 1;
}
