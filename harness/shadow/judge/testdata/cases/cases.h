// The 38 cases in C: one function for each, the same mistake as in package
// cases. Build with -fsanitize=address for one judge, without for memcheck.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct list { struct list *n, *p; };

struct tasklet { // 48 bytes
	uint32_t state;
	int32_t tid;
	void (*process)(void);
	void *context;
	uint64_t caller;
	struct list list;
};

struct item { // 48 bytes, its link first
	struct list el;
	uint64_t data[4];
};

struct account { // an array with a field behind it
	uint8_t name[8];
	uint64_t admin;
};

struct padded { // seven bytes that no field owns
	uint8_t a;
	uint64_t b;
};

// keep is what a program holds on to until it ends.
extern void *keep;

// sink is where values go that have to be read.
extern volatile uint64_t sink;

static inline struct tasklet *new_tasklet(void)
{
	return calloc(1, sizeof(struct tasklet));
}

static inline uint8_t *new_block(size_t size)
{
	uint8_t *b = malloc(size);
	memset(b, 0, size);
	return b;
}

// wild is an address at which nothing is mapped.
#define WILD ((void *)0x41414140)
