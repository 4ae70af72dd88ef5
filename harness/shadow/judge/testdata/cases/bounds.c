// Accesses beyond an object, or beyond a field of one.
#include "cases.h"

void oob_read_right(void)
{
	uint8_t *b = new_block(60);
	sink = b[60];
	free(b);
}

void oob_read_right_straddle(void)
{
	uint8_t *b = new_block(60);
	sink = *(uint64_t *)(b + 56);
	free(b);
}

void oob_write_right(void)
{
	uint8_t *b = new_block(64);
	b[64] = 1;
	free(b);
}

void oob_read_left(void)
{
	uint8_t *b = new_block(64);
	sink = b[-1];
	free(b);
}

void oob_write_left(void)
{
	uint8_t *b = new_block(64);
	b[-1] = 1;
	free(b);
}

void oob_far_into_neighbour(void)
{
	uint8_t *a = new_block(64), *b = new_block(64);
	sink = a[b - a];
	free(a);
	free(b);
}

void intra_object_overflow(void)
{
	struct account *a = calloc(1, sizeof *a);
	uint8_t *name = a->name;
	name[8] = 1;
	sink = a->admin;
	free(a);
}

void struct_padding_access(void)
{
	struct padded *p = calloc(1, sizeof *p);
	((uint8_t *)p)[4] = 1;
	free(p);
}
