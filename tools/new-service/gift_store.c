/* SPDX-License-Identifier: Apache-2.0
 * Rows to structs for gift.c, through the queries of sql/gift.sql. Makes no decisions and must
 * never begin or commit. */
#include "services/gift/gift_store.h"

#include "gift_sql.h"

err gift_store_count_lock(struct gift *gift, struct cx *cx, id owner_id, int64_t *ret)
{
    struct gift_sql_owner_add_row row;
    bool found = false;
    err e = gift_sql_owner_add(
        gift->deps.db, cx, (struct gift_sql_owner_add_in){ .owner_id = owner_id }, &row, &found);
    if (e)
        return e;
    ASSERT(found);
    *ret = row.items - 1; /* the row counts the one that is about to come */
    return NULL;
}

err gift_store_add(struct gift *gift, struct cx *cx, id owner_id, struct gift_item item)
{
    return gift_sql_item_add(gift->deps.db, cx,
        (struct gift_sql_item_add_in){ .owner_id = owner_id,
            .item_id = item.item_id,
            .name = item.name,
            .created_ms = item.created_ms },
        NULL);
}

err gift_store_list(
    struct gift *gift, struct cx *cx, id owner_id, struct gift_item **ret, size_t *ret_n)
{
    struct gift_sql_item_list_row *rows;
    size_t n;
    err e = gift_sql_item_list(
        gift->deps.db, cx, (struct gift_sql_item_list_in){ .owner_id = owner_id }, &rows, &n);
    if (e)
        return e;
    struct gift_item *items = NEW_N(cx->arena, n, struct gift_item);
    for (size_t i = 0; i < n; i++)
        items[i] = (struct gift_item){
            .item_id = rows[i].item_id, .name = rows[i].name, .created_ms = rows[i].created_ms
        };
    *ret = items;
    *ret_n = n;
    return NULL;
}
