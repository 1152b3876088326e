/* SPDX-License-Identifier: Apache-2.0
 * Views: what a query sees from its beginning to its end. Readers announce in a slot which view
 * they use (Michael, "Hazard pointers", 2004), so that they wait for nobody and writers know what
 * can be freed. Called by index.c; must never change a view that was published. */
#include <sched.h>
#include <stdlib.h>

#include "platform/index/index_internal.h"

/* ---- readers ---- */

/* Each thread begins to look elsewhere, by the address of its stack. */
static size_t first_slot(void)
{
    char here;
    return ((uintptr_t)&here >> 12) * UINT64_C(0x9e3779b97f4a7c15) >> 57;
}
static_assert(INDEX_SLOTS == 128, "first_slot gives 7 bits");

struct index_view *index_view_take(struct index *ix, struct index_slot **ret_slot)
{
    for (size_t i = first_slot(), tries = 0;; i = (i + 1) % INDEX_SLOTS) {
        struct index_slot *slot = &ix->slots[i];
        struct index_view *none = NULL, *v = atomic_load(&ix->view);
        if (atomic_compare_exchange_strong(&slot->view, &none, v)) {
            /* What was announced is safe if it was still current afterwards. */
            for (struct index_view *now = atomic_load(&ix->view); now != v;
                 now = atomic_load(&ix->view)) {
                v = now;
                atomic_store(&slot->view, v);
            }
            *ret_slot = slot;
            return v;
        }
        if (++tries % INDEX_SLOTS == 0)
            sched_yield();
    }
}

void index_view_give(struct index_slot *slot)
{
    atomic_store(&slot->view, NULL);
}

/* ---- writers ---- */

struct index_view *index_view_new(size_t parts_max, struct index_keywords *keywords)
{
    struct index_view *v = index_alloc(1, sizeof *v);
    v->parts = index_alloc(parts_max, sizeof v->parts[0]);
    v->keywords = index_keywords_hold(keywords);
    return v;
}

struct index_view *index_view_copy(const struct index_view *of, size_t more)
{
    struct index_view *v = index_view_new(of->n + more, of->keywords);
    v->corpus = of->corpus;
    v->n = of->n;
    for (size_t i = 0; i < of->n; i++) {
        v->parts[i].segment = index_segment_hold(of->parts[i].segment);
        v->parts[i].deleted = index_bits_hold(of->parts[i].deleted);
    }
    return v;
}

void index_view_add(struct index_view *v, struct index_part part)
{
    v->parts[v->n++] = part;
}

void index_view_own(struct index_view *v, size_t part, const struct index_view *former)
{
    struct index_part *p = &v->parts[part];
    struct index_bits *shared = part < former->n ? former->parts[part].deleted : NULL;
    if (p->deleted && p->deleted != shared)
        return;
    p->deleted = index_bits_copy(shared, p->segment->docs);
    index_bits_give(shared);
}

bool index_view_delete(
    struct index_view *v, size_t part, uint32_t doc, const struct index_shape *shape)
{
    struct index_part *p = &v->parts[part];
    if (index_bit(p->deleted, doc))
        return false;
    p->deleted->words[doc / 64] |= UINT64_C(1) << (doc % 64);
    p->deleted->n++;
    v->corpus.docs--;
    for (size_t i = 0; i < shape->texts_n; i++)
        v->corpus.lengths[i] -= p->segment->lengths[i][doc];
    return true;
}

void index_view_free(struct index_view *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->n; i++) {
        index_segment_give(v->parts[i].segment);
        index_bits_give(v->parts[i].deleted);
    }
    index_keywords_give(v->keywords);
    free(v->parts);
    free(v);
}

static bool is_held(const struct index *ix, const struct index_view *v)
{
    for (size_t i = 0; i < INDEX_SLOTS; i++)
        if (atomic_load(&ix->slots[i].view) == v)
            return true;
    return false;
}

void index_publish(struct index *ix, struct index_view *v)
{
    struct index_view *former = atomic_exchange(&ix->view, v);
    former->next = ix->retired;
    ix->retired = former;
    for (struct index_view **at = &ix->retired; *at;) {
        struct index_view *old = *at;
        if (is_held(ix, old)) {
            at = &old->next;
            continue;
        }
        *at = old->next;
        index_view_free(old);
    }
}
