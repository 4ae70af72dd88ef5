// What a pool hides from the judges: mistakes with objects that a pool, and
// not the heap, takes back and gives out again. Built with -DANNOTATED, the
// pool tells memcheck what it does.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef ANNOTATED
#include <valgrind/memcheck.h>
#define POOL_CREATE() VALGRIND_CREATE_MEMPOOL(&pool, 0, 0)
#define POOL_ALLOC(t) VALGRIND_MEMPOOL_ALLOC(&pool, t, sizeof *t)
#define POOL_FREE(t) VALGRIND_MEMPOOL_FREE(&pool, t)
#define HIDE(p, n) VALGRIND_MAKE_MEM_NOACCESS(p, n)
#else
#define POOL_CREATE() (void)0
#define POOL_ALLOC(t) (void)0
#define POOL_FREE(t) (void)0
#define HIDE(p, n) (void)0
#endif

struct tasklet {
	uint32_t state;
	int32_t tid;
	uint64_t rest[5];
};

enum { SIZE = 64 };
static struct tasklet *pool, *blocks, *freed[SIZE];
static int nfreed, nused;

static struct tasklet *pool_alloc(void)
{
	if (!blocks) {
		blocks = mmap(NULL, SIZE * sizeof *blocks, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		POOL_CREATE();
		HIDE(blocks, SIZE * sizeof *blocks);
	}
	struct tasklet *t = nfreed ? freed[--nfreed] : &blocks[nused++];
	POOL_ALLOC(t);
	return t;
}

static void pool_free(struct tasklet *t)
{
	POOL_FREE(t);
	freed[nfreed++] = t;
}

static struct tasklet *pool_zalloc(void)
{
	struct tasklet *t = pool_alloc();
	memset(t, 0, sizeof *t);
	t->tid = 7;
	return t;
}

static volatile uint64_t sink;

static void pool_use_freed(void)
{
	struct tasklet *t = pool_zalloc();
	pool_free(t);
	sink = t->tid;
}

static void pool_use_reused(void)
{
	struct tasklet *t = pool_zalloc();
	pool_free(t);
	pool_zalloc()->tid = 9;
	sink = t->tid;
}

static void pool_aba(void)
{
	struct tasklet *t = pool_zalloc();
	pool_free(t);
	struct tasklet *other = pool_zalloc();
	if (t == other)
		other->tid = 9;
	sink = t->tid;
}

static void pool_free_reused(void)
{
	struct tasklet *t = pool_zalloc();
	pool_free(t);
	pool_zalloc();
	pool_free(t);
}

static void pool_uninit_reused(void)
{
	pool_free(pool_zalloc());
	if (pool_alloc()->tid > 0)
		sink = 1;
}

#define ROW(name) {#name, name}
static const struct { const char *name; void (*run)(void); } cases[] = {
	ROW(pool_use_freed), ROW(pool_use_reused), ROW(pool_aba), ROW(pool_free_reused), ROW(pool_uninit_reused),
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (argc == 2 && strcmp(argv[1], cases[i].name) == 0)
			cases[i].run();
	return 0;
}
