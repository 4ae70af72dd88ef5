// Intrusive lists whose elements go without being unlinked.
#include "cases.h"

static void init(struct list *l) { l->n = l->p = l; }

static void append(struct list *head, struct list *el)
{
	struct list *last = head->p;
	head->p = el;
	last->n = el;
	el->n = head;
	el->p = last;
}

static struct item *new_item(void) { return calloc(1, sizeof(struct item)); }

// The second item is unlinked from the first, which is gone.
void list_node_uaf(void)
{
	static struct list head;
	struct item *a = new_item(), *b = new_item();
	init(&head);
	append(&head, &a->el);
	append(&head, &b->el);
	free(b);
	struct list *next = a->el.n, *prev = a->el.p;
	next->p = prev;
	prev->n = next;
	free(a);
}

void list_walk_free_no_safe(void)
{
	static struct list head;
	init(&head);
	append(&head, &new_item()->el);
	append(&head, &new_item()->el);
	for (struct list *el = head.n; el != &head; el = el->n)
		free(el); // struct item begins with it
}
