// SPDX-License-Identifier: GPL-2.0-only
/*
 * genpools: pools of special memory (on-chip RAM, device memory, DMA pools)
 *
 * Reads /sys/kernel/debug/genalloc, and for --plot the tracepoints of the system
 * genpool.  Documentation/core-api/genalloc.rst tells which options these need.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define POOLS	"/sys/kernel/debug/genalloc"
#define TRACING	"/sys/kernel/tracing/instances"

static void usage(FILE *to)
{
	fprintf(to,
		"Usage: genpools [-w[SECONDS]]          all pools, -w: again and again\n"
		"       genpools -m POOL                a picture of what is allocated\n"
		"       genpools -o POOL                allocations by stack, most memory first\n"
		"       genpools -l SECONDS [POOL]      allocations that are older\n"
		"       genpools -p FILE [-s SECONDS] POOL\n"
		"                                       draw what happens for 10 seconds (SVG)\n"
		"\n"
		"POOL is a directory of " POOLS ", as the first column of\n"
		"the table says.  Owners and ages need genalloc.owner=on.\n"
		"\n"
		"  -w, --watch  -m, --map  -o, --who  -l, --leaks  -p, --plot  -s, --seconds\n");
}

static void die(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "genpools: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(1);
}

static void *grow(void *array, size_t nr, size_t size)
{
	/* To powers of two. */
	if (nr & (nr - 1))
		return array;
	array = realloc(array, (nr ? 2 * nr : 1) * size);
	if (!array)
		die("no memory");
	return array;
}

/* NULL if the pool has gone. */
static FILE *open_file(const char *pool, const char *name)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), POOLS "/%s/%s", pool, name);
	file = fopen(path, "r");
	if (!file && errno != ENOENT)
		die("%s: %s", path, strerror(errno));
	return file;
}

/* A line of the file, which is closed at its end. */
static bool read_line(FILE *file, char *line, size_t size)
{
	if (file && fgets(line, size, file))
		return true;
	if (file)
		fclose(file);
	return false;
}

static const char *need_pool(const char *pool)
{
	FILE *file = open_file(pool, "stats");

	if (!file)
		die("no pool %s in " POOLS, pool);
	fclose(file);
	return pool;
}

static void chomp(char *line)
{
	line[strcspn(line, "\n")] = '\0';
}

/* ---- the table ---- */

/* Names in the file stats, and in the table. */
static const char *const columns[][2] = {
	{ "size", "size" }, { "allocated", "allocated" }, { "peak", "peak" },
	{ "largest_free", "longest" }, { "allocs", "allocs" },
	{ "failed", "failed" }, { "largest_failed", "of size" },
	{ "refused", "refused" },
};

#define NR_COLUMNS	(sizeof(columns) / sizeof(*columns))

/* The value of a line of the file stats, if it is that of @name. */
static const char *value_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) || line[len] != ' ')
		return NULL;
	return line + len + strspn(line + len, " ");
}

static void show_pool(const char *pool)
{
	char values[NR_COLUMNS][24] = {}, line[256];
	FILE *file = open_file(pool, "stats");
	const char *value;
	size_t i;

	while (read_line(file, line, sizeof(line))) {
		chomp(line);
		for (i = 0; i < NR_COLUMNS; i++) {
			value = value_of(line, columns[i][0]);
			if (value)
				snprintf(values[i], sizeof(values[i]), "%s", value);
		}
	}
	/* It has gone meanwhile. */
	if (!values[0][0])
		return;
	printf("%-28s", pool);
	for (i = 0; i < NR_COLUMNS; i++)
		printf(" %10s", values[i]);
	printf("\n");
}

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "pools");
}

static int list_pools(struct dirent ***list)
{
	int nr = scandir(POOLS, list, no_dots, alphasort);

	if (nr < 0)
		die(POOLS ": %s (is debugfs mounted, and CONFIG_GENALLOC_DEBUGFS on?)",
		    strerror(errno));
	return nr;
}

static void show_table(void)
{
	struct dirent **list;
	int i, nr = list_pools(&list);
	size_t c;

	printf("%-28s", "pool");
	for (c = 0; c < NR_COLUMNS; c++)
		printf(" %10s", columns[c][1]);
	printf("\n");
	for (i = 0; i < nr; i++) {
		show_pool(list[i]->d_name);
		free(list[i]);
	}
	free(list);
}

static void watch(unsigned int seconds)
{
	for (;;) {
		printf("\033[H\033[2J");
		show_table();
		fflush(stdout);
		sleep(seconds ?: 1);
	}
}

static void copy_file(const char *pool, const char *name)
{
	FILE *file = open_file(pool, name);
	char line[256];

	while (read_line(file, line, sizeof(line)))
		fputs(line, stdout);
}

/* ---- allocations ---- */

/* An allocation, or all with one stack. */
struct alloc {
	unsigned long long addr;
	unsigned long long bytes;
	double age;		/* seconds, less than 0: not known */
	int pid;
	char task[32];
	unsigned long nr;
	char *stack;
};

struct allocs {
	size_t nr;
	struct alloc *list;
};

static struct alloc *add_alloc(struct allocs *a)
{
	a->list = grow(a->list, a->nr, sizeof(*a->list));
	return memset(&a->list[a->nr++], 0, sizeof(*a->list));
}

static char *append(char *text, const char *line)
{
	size_t len = text ? strlen(text) : 0, more = strlen(line) + 1;

	text = realloc(text, len + more);
	if (!text)
		die("no memory");
	memcpy(text + len, line, more);
	return text;
}

static void read_allocs(struct allocs *a, const char *pool)
{
	FILE *file = open_file(pool, "allocs");
	struct alloc *last = NULL;
	char line[512];
	int at;

	while (read_line(file, line, sizeof(line))) {
		if (line[0] == '\t' && last) {
			last->stack = append(last->stack, line);
		} else if (line[0] == '0') {
			chomp(line);
			last = add_alloc(a);
			last->nr = 1;
			last->age = -1;
			last->stack = append(NULL, "");
			at = strlen(line);
			if (sscanf(line, "%llx %llu %lf %d %n", &last->addr,
				   &last->bytes, &last->age, &last->pid, &at) < 2)
				die("cannot read: %s", line);
			snprintf(last->task, sizeof(last->task), "%s", line + at);
		}
	}
}

static int by_stack(const void *a, const void *b)
{
	return strcmp(((const struct alloc *)a)->stack,
		      ((const struct alloc *)b)->stack);
}

static int by_bytes(const void *a, const void *b)
{
	const struct alloc *x = a, *y = b;

	return x->bytes < y->bytes ? 1 : x->bytes > y->bytes ? -1 : 0;
}

/* Add up those with one stack. */
static void merge(struct allocs *a)
{
	size_t from, to = 0;

	qsort(a->list, a->nr, sizeof(*a->list), by_stack);
	for (from = 1; from < a->nr; from++) {
		if (strcmp(a->list[to].stack, a->list[from].stack)) {
			a->list[++to] = a->list[from];
		} else {
			a->list[to].bytes += a->list[from].bytes;
			a->list[to].nr++;
		}
	}
	if (a->nr)
		a->nr = to + 1;
	qsort(a->list, a->nr, sizeof(*a->list), by_bytes);
}

static void show_who(const char *pool)
{
	struct allocs a = {};
	size_t i;

	read_allocs(&a, pool);
	merge(&a);
	for (i = 0; i < a.nr; i++)
		printf("%llu bytes in %lu allocations\n%s", a.list[i].bytes,
		       a.list[i].nr, a.list[i].stack[0] ? a.list[i].stack :
		       "\t(no stack)\n");
}

static void show_old(const char *pool, double seconds)
{
	struct allocs a = {};
	size_t i;

	read_allocs(&a, pool);
	for (i = 0; i < a.nr; i++)
		if (a.list[i].age >= seconds)
			printf("%s: %llu bytes at %#llx for %.0f seconds, by %s, pid %d\n%s",
			       pool, a.list[i].bytes, a.list[i].addr,
			       a.list[i].age, a.list[i].task, a.list[i].pid,
			       a.list[i].stack);
}

static void show_leaks(const char *pool, double seconds)
{
	struct dirent **list;
	int i, nr;

	if (pool) {
		show_old(need_pool(pool), seconds);
		return;
	}
	nr = list_pools(&list);
	for (i = 0; i < nr; i++)
		show_old(list[i]->d_name, seconds);
}

/* ---- plot: a pool from its events ---- */

struct range {
	unsigned long long start;
	unsigned long long end;	/* exclusive */
};

/* A moment. */
struct point {
	double time;
	unsigned long long used;
	unsigned long long largest;
	bool failed;
};

/* By address; none overlaps another. */
struct ranges {
	struct range *list;
	size_t nr;
};

/* The pool as far as it is known. */
struct model {
	char id[256];		/* as the events call it */
	unsigned long long unit;
	struct ranges chunks;
	struct ranges taken;
	struct point *points;
	size_t nr_points;
	bool lost;		/* some events */
};

static void insert(struct ranges *r, unsigned long long start, unsigned long long end)
{
	size_t i;

	if (start >= end)
		return;
	r->list = grow(r->list, r->nr, sizeof(*r->list));
	for (i = r->nr++; i && r->list[i - 1].start > start; i--)
		r->list[i] = r->list[i - 1];
	r->list[i] = (struct range){ start, end };
}

/* Also out of the middle of a range, or of several. */
static void cut(struct ranges *r, struct range out)
{
	struct range old;
	size_t i = 0;

	while (i < r->nr) {
		old = r->list[i];
		if (old.end <= out.start || old.start >= out.end) {
			i++;
			continue;
		}
		memmove(r->list + i, r->list + i + 1, (--r->nr - i) * sizeof(old));
		insert(r, old.start, old.end < out.start ? old.end : out.start);
		insert(r, old.start > out.end ? old.start : out.end, old.end);
	}
}

/* What there was is not known, or is older. */
static void add_range(struct ranges *r, struct range range)
{
	cut(r, range);
	insert(r, range.start, range.end);
}

static unsigned long long max(unsigned long long a, unsigned long long b)
{
	return a > b ? a : b;
}

/* Allocations outside the chunks do not count. */
static void measure(const struct model *m, const struct range *chunk, struct point *p)
{
	unsigned long long at = chunk->start;
	const struct range *taken;
	size_t i;

	for (i = 0; i < m->taken.nr; i++) {
		taken = &m->taken.list[i];
		if (taken->start < at || taken->end > chunk->end)
			continue;
		p->used += taken->end - taken->start;
		p->largest = max(p->largest, taken->start - at);
		at = taken->end;
	}
	p->largest = max(p->largest, (chunk->end - at) / m->unit * m->unit);
}

static void add_point(struct model *m, double time, bool failed)
{
	struct point p = { .time = time, .failed = failed };
	size_t i;

	/* Events from before are part of the beginning. */
	if (m->nr_points && time < m->points[0].time)
		p.time = m->points[0].time;
	for (i = 0; i < m->chunks.nr; i++)
		measure(m, &m->chunks.list[i], &p);
	m->points = grow(m->points, m->nr_points, sizeof(*m->points));
	m->points[m->nr_points++] = p;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Names in the file stats, and in events. */
static const char *const identity[][2] = {
	{ "pool", "pool" }, { "provider", "creator" }, { "name", "name" },
};

static void read_model(struct model *m, const char *pool)
{
	struct allocs a = {};
	struct range r;
	const char *value;
	char line[512];
	FILE *file = open_file(pool, "stats");
	size_t i, len = 0;

	while (read_line(file, line, sizeof(line))) {
		chomp(line);
		value = value_of(line, "unit");
		if (value)
			m->unit = strtoull(value, NULL, 10);
		/* The first three lines. */
		for (i = 0; i < 3; i++) {
			value = value_of(line, identity[i][0]);
			if (value && len < sizeof(m->id))
				len += snprintf(m->id + len, sizeof(m->id) - len,
						"%s=%s ", identity[i][1], value);
		}
	}
	if (!m->unit)
		die("%s has gone", pool);
	file = open_file(pool, "map");
	while (read_line(file, line, sizeof(line)))
		if (sscanf(line, "%llx-%llx,", &r.start, &r.end) == 2) {
			r.end++;
			add_range(&m->chunks, r);
		}
	read_allocs(&a, pool);
	for (i = 0; i < a.nr; i++) {
		r.start = a.list[i].addr;
		r.end = r.start + a.list[i].bytes;
		add_range(&m->taken, r);
	}
	free(a.list);
}

/* The number behind @name in the text of an event. */
static unsigned long long field(const char *text, const char *name)
{
	const char *found = strstr(text, name);

	return found ? strtoull(found + strlen(name), NULL, 0) : 0;
}

/*
 * "task-pid [cpu] flags seconds: event: fields", if it is about the pool.  A
 * split changes nothing: each piece is cut out of the whole when it is freed.
 */
static void replay(struct model *m, char *line)
{
	char *event = strstr(line, ": genpool_");
	struct range r;
	double time;

	m->lost |= !event && !strncmp(line, "CPU:", 4) && strstr(line, "[LOST ");
	if (!event || !strstr(event, m->id))
		return;
	*event = '\0';
	time = strtod(strrchr(line, ' ') ?: line, NULL);
	event += strlen(": genpool_");
	r.start = field(event, "addr=");
	r.end = r.start + field(event, "units=") * m->unit;
	if (!strncmp(event, "alloc", 5)) {
		add_range(&m->taken, r);
	} else if (!strncmp(event, "free", 4)) {
		cut(&m->taken, r);
	} else if (!strncmp(event, "chunk", 5)) {
		r.start = field(event, "start=");
		r.end = field(event, "end=") + 1;
		cut(&m->chunks, r);
		if (!strncmp(event, "chunk_add", 9))
			add_range(&m->chunks, r);
	} else if (strncmp(event, "fail", 4)) {
		return;
	}
	add_point(m, time, !strncmp(event, "fail", 4));
}

/* An instance of tracing, so that others may trace meanwhile. */
static char instance[64];
static int pipe_fd = -1;

static void write_file(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", instance, name);
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		die("%s: %s", path, strerror(errno));
}

static void remove_instance(void)
{
	close(pipe_fd);
	rmdir(instance);
}

static void make_instance(void)
{
	char path[PATH_MAX];

	snprintf(instance, sizeof(instance), TRACING "/genpools-%d", getpid());
	if (mkdir(instance, 0700))
		die("%s: %s", instance, strerror(errno));
	atexit(remove_instance);
	snprintf(path, sizeof(path), "%s/trace_pipe", instance);
	pipe_fd = open(path, O_RDONLY | O_NONBLOCK);
	if (pipe_fd < 0)
		die("%s: %s", path, strerror(errno));
	write_file("trace_clock", "mono");
	write_file("events/genpool/enable", "1");
}

/* They end the record, and would else leave the instance behind. */
static sigset_t signals;

static void block_signals(void)
{
	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
}

static bool interrupted(void)
{
	return sigtimedwait(&signals, NULL, &(struct timespec){}) > 0;
}

/*
 * The lines that have come; the beginning of another one stays.  Returns whether
 * there may be more.
 */
static bool read_lines(struct model *m)
{
	static char text[1 << 16];
	static size_t len;
	char *line = text, *end;
	ssize_t nr = read(pipe_fd, text + len, sizeof(text) - 1 - len);

	if (nr <= 0)
		return false;
	len += nr;
	text[len] = '\0';
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		replay(m, line);
	}
	len = strlen(line);
	memmove(text, line, len);
	return true;
}

static void record(struct model *m, const char *pool, double seconds)
{
	struct pollfd pipe = { .events = POLLIN };
	double start;

	block_signals();
	make_instance();
	pipe.fd = pipe_fd;
	read_model(m, pool);
	start = now();
	add_point(m, start, false);
	while (!interrupted() && now() < start + seconds) {
		poll(&pipe, 1, 100);
		read_lines(m);
	}
	write_file("events/genpool/enable", "0");
	while (read_lines(m))
		;
	add_point(m, now(), false);
	if (m->lost)
		fprintf(stderr, "genpools: events were lost: the picture has errors\n");
}

/* ---- plot: the picture ---- */

#define WIDTH	900.0
#define HEIGHT	360.0
#define LEFT	80.0
#define TOP	40.0

struct picture {
	FILE *file;
	double start, seconds, bytes;
};

static double x_of(const struct picture *pic, double time)
{
	return LEFT + (time - pic->start) / pic->seconds * WIDTH;
}

static double y_of(const struct picture *pic, double bytes)
{
	return TOP + HEIGHT - bytes / pic->bytes * HEIGHT;
}

static void draw_line(const struct picture *pic, const struct model *m,
		      bool largest, const char *colour)
{
	const struct point *p;
	double y = 0;
	size_t i;

	fprintf(pic->file, "<polyline fill='none' stroke='%s' stroke-width='1.5' points='",
		colour);
	for (i = 0; i < m->nr_points; i++) {
		p = &m->points[i];
		/* It was as before until then. */
		if (i)
			fprintf(pic->file, "%.1f,%.1f ", x_of(pic, p->time), y);
		y = y_of(pic, largest ? p->largest : p->used);
		fprintf(pic->file, "%.1f,%.1f ", x_of(pic, p->time), y);
	}
	fprintf(pic->file, "'/>\n");
}

static void draw_text(const struct picture *pic, double x, double y,
		      const char *anchor, const char *colour, const char *fmt, ...)
{
	va_list args;

	fprintf(pic->file, "<text x='%.1f' y='%.1f' text-anchor='%s' fill='%s'>",
		x, y, anchor, colour);
	va_start(args, fmt);
	vfprintf(pic->file, fmt, args);
	va_end(args);
	fprintf(pic->file, "</text>\n");
}

/* Text as XML. */
static const char *escape(const char *text)
{
	static char xml[6 * NAME_MAX + 1];
	size_t len = 0;

	for (; *text && len < sizeof(xml) - 6; text++)
		len += sprintf(xml + len, strchr("<&", *text) ? "&#%d;" : "%c", *text);
	return xml;
}

static void draw_axes(const struct picture *pic)
{
	double y, part;

	for (part = 0; part <= 1; part += 0.25) {
		y = y_of(pic, part * pic->bytes);
		fprintf(pic->file, "<path stroke='#ddd' d='M%.1f %.1fh%.1f'/>\n",
			LEFT, y, WIDTH);
		draw_text(pic, LEFT - 6, y + 4, "end", "#444", "%.0f", part * pic->bytes);
		draw_text(pic, LEFT + part * WIDTH, TOP + HEIGHT + 18, "middle",
			  "#444", "%.1f s", part * pic->seconds);
	}
}

static void draw_failures(const struct picture *pic, const struct model *m)
{
	size_t i;

	for (i = 0; i < m->nr_points; i++)
		if (m->points[i].failed)
			fprintf(pic->file, "<path stroke='#c00' d='M%.1f %.1fv10'/>\n",
				x_of(pic, m->points[i].time), TOP);
}

static void draw(const struct model *m, const char *pool, const char *path)
{
	struct picture pic = { .file = fopen(path, "w"), .start = m->points[0].time };
	size_t i;

	if (!pic.file)
		die("%s: %s", path, strerror(errno));
	pic.seconds = m->points[m->nr_points - 1].time - pic.start ?: 1;
	for (i = 0; i < m->chunks.nr; i++)
		pic.bytes += m->chunks.list[i].end - m->chunks.list[i].start;
	pic.bytes = pic.bytes ?: 1;
	fprintf(pic.file,
		"<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%.0f' font-family='sans-serif' font-size='12'>\n"
		"<rect width='100%%' height='100%%' fill='white'/>\n",
		LEFT + WIDTH + 30, TOP + HEIGHT + 40);
	draw_axes(&pic);
	draw_line(&pic, m, true, "#2a2");
	draw_line(&pic, m, false, "#25c");
	draw_failures(&pic, m);
	draw_text(&pic, LEFT, 24, "start", "#000", "%s", escape(pool));
	draw_text(&pic, LEFT + WIDTH - 260, 24, "end", "#25c", "allocated bytes");
	draw_text(&pic, LEFT + WIDTH - 100, 24, "end", "#2a2", "longest free piece");
	draw_text(&pic, LEFT + WIDTH, 24, "end", "#c00", "failures");
	fprintf(pic.file, "</svg>\n");
	if (fclose(pic.file))
		die("%s: %s", path, strerror(errno));
}

static void plot(const char *pool, const char *path, double seconds)
{
	struct model m = {};

	record(&m, pool, seconds);
	draw(&m, pool, path);
	printf("%zu events in %s\n", m.nr_points - 2, path);
}

/* ---- options ---- */

static const struct option options[] = {
	{ "watch",	optional_argument,	NULL, 'w' },
	{ "map",	required_argument,	NULL, 'm' },
	{ "who",	required_argument,	NULL, 'o' },
	{ "leaks",	required_argument,	NULL, 'l' },
	{ "plot",	required_argument,	NULL, 'p' },
	{ "seconds",	required_argument,	NULL, 's' },
	{ "help",	no_argument,		NULL, 'h' },
	{}
};

int main(int argc, char **argv)
{
	const char *leaks = NULL, *file = NULL;
	double seconds = 10;
	int c;

	while ((c = getopt_long(argc, argv, "w::m:o:l:p:s:h", options, NULL)) >= 0) {
		switch (c) {
		case 'w':
			watch(optarg ? atoi(optarg) : 2);
			return 0;
		case 'm':
			copy_file(need_pool(optarg), "map");
			return 0;
		case 'o':
			show_who(need_pool(optarg));
			return 0;
		case 'l':
			leaks = optarg;
			break;
		case 'p':
			file = optarg;
			break;
		case 's':
			seconds = atof(optarg);
			break;
		case 'h':
			usage(stdout);
			return 0;
		default:
			usage(stderr);
			return 1;
		}
	}
	if (leaks)
		show_leaks(argv[optind], atof(leaks));
	else if (file && optind < argc)
		plot(need_pool(argv[optind]), file, seconds);
	else if (file)
		die("of which pool?");
	else
		show_table();
	return 0;
}
