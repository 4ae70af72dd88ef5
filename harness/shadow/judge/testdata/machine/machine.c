// The machine of package cases in C: it reads programs of memory operations
// on stdin, plays each of them up to the first thing that is wrong, and writes
// what the judge said to stdout.
//
// Built with -fsanitize=address, objects come from malloc and operator new in
// turn, and the judge is AddressSanitizer: it goes on after a report, so that
// one process plays them all. Only a signal ends the process, which is why a
// child plays and the parent starts another behind the program that killed it.
//
// Built with -DPOOL, to be run under valgrind, objects come from pools that
// have told memcheck of themselves, and every value that is loaded is used
// byte by byte, so that memcheck says which byte was never written.
//
//	kinds SIZE...          the types of object
//	program NUMBER FLAGS   masked: objects begin as zeroes; leaks: look for leaks
//	VERB OPERAND...        see names below
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef POOL
#include <valgrind/memcheck.h>
#endif

enum { VARS = 8, MAX_OPS = 128, MAX_KINDS = 32, MAX_OBJECTS = 256, MAX_SIZE = 1024, WALK = 8 };
#define WILD ((void *)0x41414140)
#define HIDE 0x5555555555555555ull // so that no leak checker sees the address

enum verb { ALLOC, FREE, REALLOC, LOAD, STORE, FILL, COPY, PUSH, POP, INIT, APPEND, UNLINK, WALK_LIST, NIL, WILD_VAR, ADD, DEC, VERBS };
static const char *names[VERBS] = {
	"alloc", "free", "realloc", "load", "store", "fill", "copy", "push", "pop", "init", "append", "unlink", "walk", "null", "wild",
	"add", "dec",
};

struct op { enum verb verb; int a[5]; };
struct list { struct list *n, *p; };

static size_t kinds[MAX_KINDS];
static int nkinds;

static struct op ops[MAX_OPS];
static int nops, number, masked, leaks;

static void *vars[VARS];
static uint64_t objects[MAX_OBJECTS]; // hidden addresses
static int kind_of[MAX_OBJECTS], nobjects;
static int pc;
static volatile int stopped;
static volatile uint64_t sink;
static uintptr_t aim, from; // the objects that a write and a copy's read are meant for
static int *current;  // the number of programs begun, shared with the parent

// Output goes through a buffer of ours: the callback must not allocate.
static char out[1 << 16];
static size_t nout;

static void flush(void)
{
	for (size_t at = 0; at < nout;) {
		ssize_t n = write(1, out + at, nout - at);
		if (n <= 0)
			_exit(3);
		at += n;
	}
	nout = 0;
}

static void put(const char *s, size_t n)
{
	if (nout + n > sizeof out)
		flush();
	memcpy(out + nout, s, n);
	nout += n;
}

#define say(...) do { char line_[256]; put(line_, snprintf(line_, sizeof line_, __VA_ARGS__)); } while (0)

// --- objects

static int is_new(int k) { return k % 2; }

#ifdef POOL

// A pool gives the newest free block out first, as HAProxy's do. Its list is
// kept beside the blocks, which belong to nobody while they are free.
enum { BLOCKS = 4096 };
static struct pool { char *blocks; void *free[BLOCKS]; int nfree, used; } pools[MAX_KINDS];

static void *obj_alloc(int k)
{
	struct pool *p = &pools[k];
	if (!p->blocks) {
		p->blocks = mmap(NULL, kinds[k] * BLOCKS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		VALGRIND_CREATE_MEMPOOL(p, 0, 0);
		VALGRIND_MAKE_MEM_NOACCESS(p->blocks, kinds[k] * BLOCKS);
	}
	void *b = p->nfree ? p->free[--p->nfree] : p->blocks + kinds[k] * p->used++;
	VALGRIND_MEMPOOL_ALLOC(p, b, kinds[k]);
	return b;
}

static void obj_free(int k, void *b)
{
	struct pool *p = &pools[k];
	VALGRIND_MEMPOOL_FREE(p, b);
	p->free[p->nfree++] = b;
}

static void *obj_realloc(void *old, int k, int k2)
{
	void *b = obj_alloc(k2);
	memmove(b, old, kinds[k] < kinds[k2] ? kinds[k] : kinds[k2]);
	obj_free(k, old);
	return b;
}

static int obj_live(int i)
{
	void *b = (void *)(objects[i] ^ HIDE);
	for (int j = 0; j < pools[kind_of[i]].nfree; j++)
		if (pools[kind_of[i]].free[j] == b)
			return 0;
	for (int j = 0; j < i; j++) // the pool has given it out again
		if (kind_of[j] == kind_of[i] && objects[j] == objects[i])
			return 0;
	return 1;
}

#else

int __asan_address_is_poisoned(void const volatile *addr);
void __asan_set_error_report_callback(void (*)(const char *));
void __sanitizer_set_report_fd(void *fd);
size_t __sanitizer_get_current_allocated_bytes(void);
int __lsan_do_recoverable_leak_check(void);
void *_Znwm(size_t);         // operator new
void _ZdlPvm(void *, size_t); // operator delete

static void *obj_alloc(int k) { return is_new(k) ? _Znwm(kinds[k]) : malloc(kinds[k]); }

static void obj_free(int k, void *b)
{
	if (is_new(k))
		_ZdlPvm(b, kinds[k]);
	else
		free(b);
}

static void *obj_realloc(void *old, int k, int k2)
{
	(void)k;
	return realloc(old, kinds[k2]); // neither kind comes from operator new
}

static int obj_live(int i) { return !__asan_address_is_poisoned((void *)(objects[i] ^ HIDE)); }

#endif

static void *remember(int k, void *b)
{
	if (nobjects < MAX_OBJECTS) {
		kind_of[nobjects] = k;
		objects[nobjects++] = (uint64_t)b ^ HIDE;
	}
	return b;
}

// --- what the judge says

// What a write that is refused has spoilt is put back when the op is over, for
// it may be a redzone, and in it the header of a chunk, or freed, and what the
// heap has noted there.
static char *write_at;
static size_t write_n;
static char saved[MAX_SIZE];
static int spoilt;

static void __attribute__((no_sanitize_address)) save(void)
{
	if (!write_n || (uintptr_t)write_at < 1ull << 32)
		return;
	for (size_t i = 0; i < write_n; i++)
		saved[i] = write_at[i];
	spoilt = 1;
}

static void __attribute__((no_sanitize_address)) restore(void)
{
	for (size_t i = 0; spoilt && i < write_n; i++)
		write_at[i] = saved[i];
	spoilt = 0;
}

// said is AddressSanitizer's callback. What stands before the error is left
// from a leak check, what follows SUMMARY is the shadow.
static void said(const char *text)
{
	if (stopped)
		return;
	stopped = 1;
	const char *error = strstr(text, "ERROR: AddressSanitizer");
	if (error)
		text = error;
	const char *end = strstr(text, "SUMMARY:");
	size_t n = end ? (size_t)(end - text) : strlen(text);
	say("report %d %d %lx %lx %zu\n", number, pc, aim, from, n);
	put(text, n);
	if (strstr(text, "AddressSanitizer: SEGV"))
		flush(); // the end of this process
	else
		save();
}

// use has every byte of a value decide something.
static void use(const void *value, size_t n)
{
	const unsigned char *b = value;
	for (size_t i = 0; i < n; i++) {
#ifdef POOL
		unsigned before = VALGRIND_COUNT_ERRORS;
		if (b[i] & 1)
			sink++;
		if (!stopped && VALGRIND_COUNT_ERRORS != before) {
			stopped = 1;
			say("uninit %d %d %lx %zu %zu\n", number, pc, aim, i, n);
			return;
		}
#else
		sink += b[i];
#endif
	}
}

// --- ops

typedef uint16_t u16 __attribute__((aligned(1), may_alias));
typedef uint32_t u32 __attribute__((aligned(1), may_alias));
typedef uint64_t u64 __attribute__((aligned(1), may_alias));

static void load(void *p, int n)
{
	uint64_t x = 0;
	switch (n) {
	case 1: *(uint8_t *)&x = *(volatile uint8_t *)p; break;
	case 2: *(u16 *)&x = *(volatile u16 *)p; break;
	case 4: *(u32 *)&x = *(volatile u32 *)p; break;
	case 8: *(u64 *)&x = *(volatile u64 *)p; break;
	}
	if (!stopped)
		use(&x, n);
}

static void store(void *p, int n)
{
	write_at = p, write_n = n;
	switch (n) {
	case 1: *(volatile uint8_t *)p = 0x40; break;
	case 2: *(volatile u16 *)p = 0x4140; break;
	case 4: *(volatile u32 *)p = 0x41414140; break;
	case 8: *(volatile u64 *)p = 0x41414140; break;
	}
}

// change adds to what is at p. memcheck hears of the value when it is used.
static void change(void *p, int n, int by)
{
#ifdef POOL
	load(p, n);
	if (stopped)
		return;
#endif
	write_at = p, write_n = n;
	switch (n) {
	case 1: *(volatile uint8_t *)p += by; break;
	case 2: *(volatile u16 *)p += by; break;
	case 4: *(volatile u32 *)p += by; break;
	case 8: *(volatile u64 *)p += by; break;
	}
}

static struct list *get(struct list **p)
{
	struct list *l = *(struct list *volatile *)p;
	if (!stopped)
		use(&l, sizeof l);
	return l;
}

static void set(struct list **p, struct list *l)
{
	if (stopped)
		return;
	write_at = (char *)p, write_n = sizeof l;
	*(struct list *volatile *)p = l;
}

#define GET(var, place) struct list *var = get(place); if (stopped) return

static void append(struct list *head, struct list *el)
{
	GET(last, &head->p);
	set(&head->p, el);
	set(&last->n, el);
	set(&el->n, head);
	set(&el->p, last);
}

static void unlink_el(struct list *l)
{
	GET(n, &l->n);
	GET(p, &l->p);
	set(&n->p, p);
	set(&p->n, n);
}

static void walk(struct list *head)
{
	struct list *l = head;
	for (int i = 0; i < WALK; i++) {
		GET(next, &l->n);
		l = next;
		if (l == head)
			return;
	}
}

static void step(const struct op *o)
{
	const int *a = o->a;
	void *v = vars[a[0]];
	write_n = 0;
	aim = from = 0;
	switch (o->verb) {
	case ALLOC:
		vars[a[0]] = remember(a[1], obj_alloc(a[1]));
		if (masked)
			memset(vars[a[0]], 0, kinds[a[1]]);
		return;
	case REALLOC: {
		aim = (uintptr_t)v;
		void *b = remember(a[2], obj_realloc(v, a[1], a[2]));
		if (stopped)
			return;
		vars[a[0]] = b;
		if (masked && kinds[a[2]] > kinds[a[1]])
			memset((char *)b + kinds[a[1]], 0, kinds[a[2]] - kinds[a[1]]);
		return;
	}
	case INIT: set(&((struct list *)v)->n, v); set(&((struct list *)v)->p, v); return;
	case APPEND: append(v, vars[a[1]]); return;
	case UNLINK: unlink_el(v); return;
	case WALK_LIST: walk(v); return;
	case NIL: vars[a[0]] = NULL; return;
	case WILD_VAR: vars[a[0]] = WILD; return;
	default: break;
	}
	aim = (uintptr_t)v;
	char *p = (char *)v + a[1];
	switch (o->verb) {
	case FREE: obj_free(a[2], p); break;
	case LOAD: load(p, a[2]); break;
	case STORE: store(p, a[2]); break;
	case ADD: change(p, a[2], 0x30); break;
	case DEC: change(p, a[2], -1); break;
	case FILL: write_at = p, write_n = a[2]; memset(p, 0, a[2]); break;
	case COPY: {
		from = (uintptr_t)vars[a[2]];
		write_at = p, write_n = a[4];
		memmove(p, (char *)from + a[3], a[4]);
		break;
	}
	default: break;
	}
}

static void run(void);

// scope has a variable whose scope ends at the pop; the frame goes on to live,
// as it does for code behind a block in C.
static void scope(int v)
{
	{
		struct list l;
		if (masked)
			memset(&l, 0, sizeof l);
		vars[v] = &l;
		run();
	}
	run();
}

// run plays ops up to a pop.
static void run(void)
{
	while (pc < nops && !stopped) {
		const struct op *o = &ops[pc];
		if (o->verb == POP) {
			pc++;
			return;
		}
		if (o->verb == PUSH) {
			pc++;
			scope(o->a[0]);
			return;
		}
		step(o);
		if (stopped)
			restore();
		else
			pc++;
	}
}

static void __attribute__((noinline)) wipe(void)
{
	volatile char stack[8192];
	memset((char *)stack, 0, sizeof stack);
}

#ifndef POOL

static int quiet = -1;

// leaked asks LeakSanitizer, whose answer is a text.
static void leaked(void)
{
	char text[1 << 14] = "";
	size_t bytes = 0, n = 0;
	int fd = memfd_create("leaks", 0);
	__sanitizer_set_report_fd((void *)(uintptr_t)fd);
	__lsan_do_recoverable_leak_check();
	__sanitizer_set_report_fd((void *)(uintptr_t)quiet);
	off_t size = lseek(fd, 0, SEEK_END);
	off_t from = size > (off_t)sizeof text - 1 ? size - sizeof text + 1 : 0;
	if (pread(fd, text, sizeof text - 1, from) > 0) {
		char *s = strstr(text, "SUMMARY: AddressSanitizer: ");
		if (s)
			sscanf(s, "SUMMARY: AddressSanitizer: %zu byte(s) leaked in %zu", &bytes, &n);
	}
	close(fd);
	say("leaked %d %zu %zu\n", number, bytes, n);
}

#endif

static void play(void)
{
	pc = 0;
	stopped = 0;
	nobjects = 0;
	spoilt = 0;
	memset(vars, 0, sizeof vars);
#ifndef POOL
	size_t before = __sanitizer_get_current_allocated_bytes();
#endif
	while (pc < nops && !stopped)
		run();
	memset(vars, 0, sizeof vars);
	aim = from = 0;
	write_at = NULL;
#ifdef POOL
	if (!stopped)
		say("end %d 0\n", number);
#else
	if (!stopped) {
		say("end %d %zu\n", number, __sanitizer_get_current_allocated_bytes() - before);
		if (leaks) {
			wipe();
			leaked();
		}
	}
#endif
	stopped = 1; // nothing that is said from here on counts
	for (int i = 0; i < nobjects; i++)
		if (obj_live(i))
			obj_free(kind_of[i], (void *)(objects[i] ^ HIDE));
}

// --- input

static char *text;

static char *next_line(char **at)
{
	char *line = *at, *end = line ? strchr(line, '\n') : NULL;
	if (!end)
		return NULL;
	*end = 0;
	*at = end + 1;
	return line;
}

static void parse_op(char *line)
{
	char verb[16];
	int n = 0;
	struct op *o = &ops[nops];
	memset(o, 0, sizeof *o);
	if (sscanf(line, "%15s%n", verb, &n) != 1 || nops == MAX_OPS)
		_exit(4);
	for (o->verb = 0; o->verb < VERBS && strcmp(names[o->verb], verb); o->verb++)
		;
	if (o->verb == VERBS)
		_exit(5);
	char *at = line + n;
	for (int i = 0; i < 5 && *at; i++)
		o->a[i] = strtol(at, &at, 10);
	nops++;
}

// run_all plays the programs from the one with index from on.
static void run_all(char *at, int from)
{
	int index = -1;
	char *line;
	for (int more = 1; more;) {
		line = next_line(&at);
		more = line != NULL;
		if (more && (*line == '#' || *line == 0))
			continue;
		if (more && strncmp(line, "kinds ", 6) == 0) {
			for (char *k = line + 6; *k && nkinds < MAX_KINDS; nkinds++)
				kinds[nkinds] = strtoul(k, &k, 10);
			continue;
		}
		if (more && strncmp(line, "program ", 8) != 0) {
			if (index >= from)
				parse_op(line);
			continue;
		}
		if (index >= from) { // the one before is complete
			*current = index + 1;
			play();
		}
		if (more) {
			index++;
			number = atoi(line + 8);
			masked = strstr(line, "masked") != NULL;
			leaks = strstr(line, "leaks") != NULL;
			nops = 0;
		}
	}
	flush();
}

static char *read_all(void)
{
	size_t cap = 1 << 16, n = 0;
	char *s = mmap(NULL, 1ul << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (ssize_t r; (r = read(0, s + n, cap)) > 0;)
		n += r;
	s[n] = 0;
	return s;
}

int main(void)
{
	text = read_all();
	current = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
#ifdef POOL
	run_all(text, 0);
#else
	quiet = open("/dev/null", O_WRONLY);
	__sanitizer_set_report_fd((void *)(uintptr_t)quiet);
	__asan_set_error_report_callback(said);
	for (int from = 0;; from = *current) {
		pid_t child = fork();
		if (child == 0) {
			/* else ASan opens a file named after the child's pid */
			__sanitizer_set_report_fd((void *)(uintptr_t)quiet);
			run_all(text, from);
			_exit(0);
		}
		int status;
		if (child < 0 || waitpid(child, &status, 0) != child)
			return 6;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			return 0;
		if (*current == from)
			return 7; // it died before it began
	}
#endif
}
