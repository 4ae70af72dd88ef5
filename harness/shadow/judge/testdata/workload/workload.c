// The workload of package cases in C, line by line: see ../../cases/workload.go,
// which explains it. A line with a number on stdin plays so many sequences of so
// many steps and answers with the CPU time of this thread and the sum of all.
//
//	SEQUENCES STEPS    ->    NANOSECONDS SUM
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct list { struct list *n, *p; };

struct buffer {
	uint32_t head, tail;
	uint64_t words[16];
};

struct conn {
	struct list streams, waiting;
	uint64_t sent, window;
	uint32_t live, queued;
};

struct stream {
	struct list el, wait;
	struct conn *conn;
	struct buffer *buf;
	uint64_t id, sent, acked;
	uint32_t window;
	uint16_t state;
	uint8_t queued;
};

enum { MAX_STREAMS = 12, WORDS = 16 };

static void list_init(struct list *l) { l->n = l; l->p = l; }

static void list_append(struct list *l, struct list *el)
{
	struct list *last = l->p;
	l->p = el;
	last->n = el;
	el->n = l;
	el->p = last;
}

static void list_unlink(struct list *l)
{
	struct list *n = l->n, *p = l->p;
	n->p = p;
	p->n = n;
}

static uint32_t random_;

static uint32_t next(void)
{
	random_ = random_ * 1664525 + 1013904223;
	return random_ >> 8;
}

static struct conn *new_conn(void)
{
	struct conn *c = malloc(sizeof *c);
	list_init(&c->streams);
	list_init(&c->waiting);
	c->sent = 0;
	c->window = 0;
	c->live = 0;
	c->queued = 0;
	return c;
}

static void open_(struct conn *c, uint32_t id)
{
	struct stream *s = malloc(sizeof *s);
	list_init(&s->wait);
	s->conn = c;
	s->buf = NULL;
	s->id = id;
	s->sent = 0;
	s->acked = 0;
	s->window = 1000;
	s->state = 1;
	s->queued = 0;
	list_append(&c->streams, &s->el);
	c->live++;
}

static struct stream *pick(struct conn *c, uint32_t n)
{
	struct list *l = c->streams.n;
	if (l == &c->streams)
		return NULL;
	for (uint32_t i = 0; i < n % 4; i++) {
		if (l->n == &c->streams)
			break;
		l = l->n;
	}
	return (struct stream *)l;
}

static struct buffer *new_buffer(void)
{
	struct buffer *b = malloc(sizeof *b);
	b->head = 0;
	b->tail = 0;
	return b;
}

static void send(struct stream *s, uint32_t n)
{
	if (s == NULL || s->state != 1)
		return;
	struct buffer *b = s->buf;
	if (b == NULL) {
		b = new_buffer();
		s->buf = b;
	}
	for (uint32_t i = 0; i < 1 + n % 2; i++) {
		if (b->tail - b->head == WORDS) {
			s->state = 2;
			break;
		}
		b->words[b->tail % WORDS] = s->id + s->sent;
		b->tail++;
		s->sent++;
	}
	if (s->queued == 0) {
		s->queued = 1;
		list_append(&s->conn->waiting, &s->wait);
		s->conn->queued++;
	}
}

static void serve(struct conn *c)
{
	while (c->waiting.n != &c->waiting) {
		struct list *l = c->waiting.n;
		struct stream *s = (struct stream *)((char *)l - offsetof(struct stream, wait));
		list_unlink(l);
		list_init(l);
		s->queued = 0;
		c->queued--;
		struct buffer *b = s->buf;
		while (b->head != b->tail && s->window != 0) {
			c->sent += b->words[b->head % WORDS];
			b->head++;
			s->window--;
		}
		if (b->head == b->tail) {
			free(b);
			s->buf = NULL;
			s->state = 1;
		}
	}
}

static void acknowledge(struct conn *c)
{
	for (struct list *l = c->streams.n; l != &c->streams; l = l->n) {
		struct stream *s = (struct stream *)l;
		if (s->acked != s->sent) {
			c->window += s->sent - s->acked;
			s->acked = s->sent;
			s->window += 10;
		}
	}
}

static void close_(struct conn *c, struct stream *s)
{
	if (s->queued != 0) {
		list_unlink(&s->wait);
		c->queued--;
	}
	if (s->buf != NULL)
		free(s->buf);
	list_unlink(&s->el);
	c->live--;
	free(s);
}

static uint64_t workload(uint32_t seed, int steps)
{
	random_ = seed;
	struct conn *c = new_conn();
	for (int i = 0; i < steps; i++) {
		uint32_t r = next();
		switch (r % 8) {
		case 0:
		case 1:
			if (c->live < MAX_STREAMS)
				open_(c, r);
			break;
		case 2:
		case 3:
		case 4:
			send(pick(c, r >> 8), r);
			break;
		case 5:
			serve(c);
			break;
		case 6:
			acknowledge(c);
			break;
		case 7:
			if (c->live != 0)
				close_(c, pick(c, r >> 8));
			break;
		}
	}
	while (c->live != 0)
		close_(c, pick(c, 0));
	uint64_t sum = c->sent + c->window;
	free(c);
	return sum;
}

int main(void)
{
	int sequences, steps;
	while (scanf("%d %d", &sequences, &steps) == 2) {
		struct timespec a, b;
		uint64_t sum = 0;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
		for (int i = 0; i < sequences; i++)
			sum += workload(i, steps);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
		printf("%ld %lu\n", (b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec, sum);
		fflush(stdout);
	}
	return 0;
}
