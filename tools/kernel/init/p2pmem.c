// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of a PCI device, mapped by several processes over and over. Each
 * process writes what nobody else writes and looks whether it is still there;
 * it unmaps the pages in two parts. Afterwards as much is free as before.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

#define PROCESSES	8
#define ROUNDS		100
/* So many at once that the memory runs out now and then. */
#define PAGES_MAX	256

static size_t page_size;

static unsigned long long read_number(const char *device, const char *name)
{
	unsigned long long number = 0;
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/p2pmem/%s", device, name);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu", &number) != 1)
		say("FAIL cannot read %s", path);
	if (file)
		fclose(file);
	return number;
}

static void write_stamps(char *memory, size_t nr_pages, uint64_t stamp)
{
	size_t i;

	for (i = 0; i < nr_pages; i++)
		*(volatile uint64_t *)(memory + i * page_size) = stamp + i;
}

static bool stamps_are_there(char *memory, size_t nr_pages, uint64_t stamp)
{
	uint64_t found;
	size_t i;

	for (i = 0; i < nr_pages; i++) {
		found = *(volatile uint64_t *)(memory + i * page_size);
		if (found != stamp + i) {
			say("FAIL p2pmem: page %zu of %zu has %#llx instead of %#llx",
			    i, nr_pages, (unsigned long long)found,
			    (unsigned long long)stamp + i);
			return false;
		}
	}
	return true;
}

/*
 * Linux 6.12 gives a page back to its pool before it sets the reference count
 * of the page again. A process that gets it meanwhile cannot map it: EINVAL.
 */
static bool may_fail(int error)
{
	return error == ENOMEM || error == EINVAL;
}

/* False if the memory was not there, or not ours alone. */
static bool use_once(int fd, size_t nr_pages, uint64_t stamp, unsigned int *refused)
{
	size_t size = nr_pages * page_size, half = nr_pages / 2 * page_size;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	bool good;

	if (memory == MAP_FAILED) {
		(*refused)++;
		return may_fail(errno);
	}
	write_stamps(memory, nr_pages, stamp);
	usleep(1);
	good = stamps_are_there(memory, nr_pages, stamp);
	munmap(memory + half, size - half);
	if (half)
		munmap(memory, half);
	return good;
}

static int use_often(const char *device, unsigned int process)
{
	unsigned int round, refused = 0;
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/p2pmem/allocate", device);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return 1;
	srand(process);
	for (round = 0; round < ROUNDS; round++)
		if (!use_once(fd, 1 + rand() % PAGES_MAX,
			      (uint64_t)process << 48 | (uint64_t)round << 16,
			      &refused))
			return 1;
	close(fd);
	return refused == ROUNDS;
}

/* Not for all children: the reader of debugfs goes on to the end. */
static unsigned int wait_for_processes(void)
{
	unsigned int i, failed = 0;
	int status;

	for (i = 0; i < PROCESSES && wait(&status) > 0; i++)
		failed += status != 0;
	return failed;
}

void use_p2pmem(const char *device)
{
	unsigned long long before, after;
	unsigned int process, failed;

	page_size = sysconf(_SC_PAGESIZE);
	before = read_number(device, "available");
	for (process = 1; process <= PROCESSES; process++)
		if (!fork())
			_exit(use_often(device, process));
	failed = wait_for_processes();
	after = read_number(device, "available");
	if (failed)
		say("FAIL p2pmem: %u of %u processes", failed, PROCESSES);
	if (after != before)
		say("FAIL p2pmem: %llu free before, %llu after", before, after);
	say("p2pmem: %u processes mapped %u times, %llu of %llu are free again",
	    PROCESSES, ROUNDS, after, read_number(device, "size"));
}
