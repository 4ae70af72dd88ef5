// Memory that is used after it was freed.
#include "cases.h"

void uaf_read(void)
{
	struct tasklet *t = new_tasklet();
	free(t);
	sink = t->tid;
}

void uaf_write(void)
{
	struct tasklet *t = new_tasklet();
	free(t);
	t->state = 1;
}

void uaf_rmw(void)
{
	struct tasklet *t = new_tasklet();
	free(t);
	t->caller += 1;
}

void uaf_first_byte(void)
{
	uint8_t *b = new_block(64);
	free(b);
	sink = b[0];
}

void uaf_last_byte(void)
{
	uint8_t *b = new_block(64);
	free(b);
	sink = b[63];
}

void uaf_memcpy_src(void)
{
	uint8_t *b = new_block(64), *to = new_block(64);
	free(b);
	memcpy(to, b, 32);
	free(to);
}

// The heap gives the address to nobody else for a while.
void uaf_after_reuse_quarantine(void)
{
	struct tasklet *t = new_tasklet();
	free(t);
	struct tasklet *other = new_tasklet();
	other->tid = 7;
	sink = t->tid;
	free(other);
}

void realloc_stale(void)
{
	uint8_t *b = new_block(64);
	uint8_t *grown = realloc(b, 128);
	sink = b[5];
	free(grown);
}

void fnptr_uaf(void)
{
	struct tasklet *t = new_tasklet();
	free(t);
	t->process();
}
