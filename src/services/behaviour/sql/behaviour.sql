-- Every query of the service.

-- name: shown_add :exec batch
-- in:  product_id id, day int, place int, shown int, clicked int
INSERT INTO behaviour_shown (product_id, day, place, shown, clicked) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (product_id, day, place) DO UPDATE SET shown = behaviour_shown.shown + excluded.shown,
    clicked = behaviour_shown.clicked + excluded.clicked;

-- name: day_add :exec batch gathered
-- in:  product_id id, day int, views int, carts int, orders int, units int
-- key: behaviour_day.product_id
INSERT INTO behaviour_day (product_id, day, views, carts, orders, units)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (product_id, day) DO UPDATE SET views = behaviour_day.views + excluded.views,
    carts = behaviour_day.carts + excluded.carts, orders = behaviour_day.orders + excluded.orders,
    units = behaviour_day.units + excluded.units;

-- name: place_add :exec batch
-- in:  day int, place int, shown_milli int, clicked int
INSERT INTO behaviour_place (day, place, shown_milli, clicked) VALUES ($1, $2, $3, $4)
ON CONFLICT (day, place) DO UPDATE SET shown_milli = behaviour_place.shown_milli +
    excluded.shown_milli, clicked = behaviour_place.clicked + excluded.clicked;

-- name: total_add :exec batch
-- in:  day int, views int, carts int, orders int, units int
INSERT INTO behaviour_total (day, views, carts, orders, units) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (day) DO UPDATE SET views = behaviour_total.views + excluded.views,
    carts = behaviour_total.carts + excluded.carts,
    orders = behaviour_total.orders + excluded.orders,
    units = behaviour_total.units + excluded.units;

-- name: signal_due :exec batch gathered
-- in:  product_id id, due_ms int
-- key: behaviour_signal.product_id
INSERT INTO behaviour_signal (product_id, due_ms, velocity, clicks, conversion, selling_milli)
VALUES ($1, $2, 1000, 1000, 1000, 0)
ON CONFLICT (product_id) DO UPDATE SET due_ms = excluded.due_ms;

-- name: signal_get :one batch
-- in:  product_id id
-- out: velocity int, clicks int, conversion int, selling_milli int
SELECT velocity, clicks, conversion, selling_milli FROM behaviour_signal WHERE product_id = $1;

-- name: signal_list :many
-- in:  now_ms int, limit int
-- out: product_id id, due_ms int, velocity int, clicks int, conversion int, selling_milli int
SELECT product_id, due_ms, velocity, clicks, conversion, selling_milli FROM behaviour_signal
WHERE due_ms <= $1 ORDER BY due_ms, product_id LIMIT $2;

-- News of meanwhile stays news.
-- name: signal_put :exec batch
-- in:  product_id id, due_was int, due_next int, velocity int, clicks int, conversion int
-- in:  selling_milli int
UPDATE behaviour_signal SET due_ms = CASE WHEN due_ms = $2 THEN $3 ELSE due_ms END, velocity = $4,
    clicks = $5, conversion = $6, selling_milli = $7 WHERE product_id = $1;

-- name: shown_of :many
-- in:  product_id id, from_day int
-- out: day int, place int, shown int, clicked int
SELECT day, place, shown, clicked FROM behaviour_shown WHERE product_id = $1 AND day >= $2;

-- name: day_of :many
-- in:  product_id id, from_day int
-- out: day int, views int, carts int, orders int, units int
SELECT day, views, carts, orders, units FROM behaviour_day WHERE product_id = $1 AND day >= $2;

-- name: places :many
-- in:  from_day int
-- out: day int, place int, shown_milli int, clicked int
SELECT day, place, shown_milli, clicked FROM behaviour_place WHERE day >= $1;

-- name: totals :many
-- in:  from_day int
-- out: day int, views int, orders int
SELECT day, views, orders FROM behaviour_total WHERE day >= $1;

-- name: report_places :many
-- in:  from_day int
-- out: place int, shown_milli int, clicked int
SELECT place, CAST(sum(shown_milli) AS bigint) AS shown_milli,
       CAST(sum(clicked) AS bigint) AS clicked
FROM behaviour_place WHERE day >= $1 GROUP BY place ORDER BY place;

-- name: report_totals :one
-- in:  from_day int
-- out: views int, carts int, orders int, units int
SELECT CAST(coalesce(sum(views), 0) AS bigint) AS views,
       CAST(coalesce(sum(carts), 0) AS bigint) AS carts,
       CAST(coalesce(sum(orders), 0) AS bigint) AS orders,
       CAST(coalesce(sum(units), 0) AS bigint) AS units
FROM behaviour_total WHERE day >= $1;

-- name: state_get :one
-- out: selling_milli int, selling int
SELECT selling_milli, selling FROM behaviour_state WHERE one = 1;

-- name: state_add :exec
-- in:  selling_milli int, selling int
UPDATE behaviour_state SET selling_milli = selling_milli + $1, selling = selling + $2
WHERE one = 1;

-- name: news_add :exec gathered
-- in:  order_id id, undone bool, day int
INSERT INTO behaviour_news (order_id, undone, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: news_take :many
-- in:  limit int
-- out: order_id id, undone bool, day int
DELETE FROM behaviour_news WHERE (order_id, undone) IN
    (SELECT order_id, undone FROM behaviour_news LIMIT $1)
RETURNING order_id, undone, day;

-- name: order_add :exec batch
-- in:  order_id id, day int
INSERT INTO behaviour_order (order_id, day, undone) VALUES ($1, $2, false) ON CONFLICT DO NOTHING;

-- name: order_undo :one batch
-- in:  order_id id
-- out: day int
UPDATE behaviour_order SET undone = true WHERE order_id = $1 AND NOT undone RETURNING day;

-- An order that is undone before it is counted is never counted.
-- name: order_never :exec batch
-- in:  order_id id, day int
INSERT INTO behaviour_order (order_id, day, undone) VALUES ($1, $2, true) ON CONFLICT DO NOTHING;

-- name: basket_add :exec batch gathered
-- in:  product_id id, orders int
-- key: behaviour_basket.product_id
INSERT INTO behaviour_basket (product_id, orders) VALUES ($1, $2)
ON CONFLICT (product_id) DO UPDATE SET orders = behaviour_basket.orders + excluded.orders;

-- name: basket_get :one batch
-- in:  product_id id
-- out: orders int
SELECT orders FROM behaviour_basket WHERE product_id = $1;

-- name: pair_add :exec batch
-- in:  product_id id, other_id id, orders int
INSERT INTO behaviour_pair (product_id, other_id, orders) VALUES ($1, $2, $3)
ON CONFLICT (product_id, other_id) DO UPDATE SET orders = behaviour_pair.orders + excluded.orders;

-- name: pair_of :many
-- in:  product_id id, limit int
-- out: other_id id, orders int
SELECT other_id, orders FROM behaviour_pair WHERE product_id = $1 AND orders > 0
ORDER BY orders DESC, other_id LIMIT $2;

-- name: shown_forget :exec
-- in:  before int, limit int
DELETE FROM behaviour_shown WHERE (product_id, day, place) IN
    (SELECT product_id, day, place FROM behaviour_shown WHERE day < $1 LIMIT $2);

-- name: day_forget :exec
-- in:  before int, limit int
DELETE FROM behaviour_day WHERE (product_id, day) IN
    (SELECT product_id, day FROM behaviour_day WHERE day < $1 LIMIT $2);

-- name: order_forget :exec
-- in:  before int, limit int
DELETE FROM behaviour_order WHERE order_id IN
    (SELECT order_id FROM behaviour_order WHERE day < $1 LIMIT $2);

-- name: place_forget :exec
-- in:  before int
DELETE FROM behaviour_place WHERE day < $1;

-- name: total_forget :exec
-- in:  before int
DELETE FROM behaviour_total WHERE day < $1;

-- Products of which nothing is left to forget.
-- name: signal_forget :exec batch
-- in:  product_id id, due_was int
DELETE FROM behaviour_signal WHERE product_id = $1 AND due_ms = $2;

-- Who, by a keyed hash of the id; or in clear, until the vault's sweep has come to it.
-- name: wish_get :one
-- in:  user_key keyed, user_text text
-- out: personal bool
SELECT personal FROM behaviour_wish WHERE user_key IN ($1, $2);

-- name: wish_clear :exec
-- in:  user_text text
DELETE FROM behaviour_wish WHERE user_key = $1;

-- name: wish_put :exec
-- in:  wish_id id, user_key keyed, personal bool, changed_ms int
INSERT INTO behaviour_wish (wish_id, user_key, personal, changed_ms) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_key) DO UPDATE SET personal = excluded.personal,
    changed_ms = excluded.changed_ms;

-- ---- what queries lead to ----

-- name: query_add :exec batch
-- in:  query text, day int, asked int, clicked int, placed int, positions int, carts int, orders int
INSERT INTO behaviour_query (query, day, asked, clicked, placed, positions, carts, orders)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (query, day) DO UPDATE SET asked = behaviour_query.asked + excluded.asked,
    clicked = behaviour_query.clicked + excluded.clicked,
    placed = behaviour_query.placed + excluded.placed,
    positions = behaviour_query.positions + excluded.positions,
    carts = behaviour_query.carts + excluded.carts,
    orders = behaviour_query.orders + excluded.orders;

-- name: query_report :many
-- in:  from_day int, limit int
-- out: query text, asked int, clicked int, placed int, positions int, carts int, orders int
SELECT query, CAST(sum(asked) AS bigint) AS asked, CAST(sum(clicked) AS bigint) AS clicked,
       CAST(sum(placed) AS bigint) AS placed, CAST(sum(positions) AS bigint) AS positions,
       CAST(sum(carts) AS bigint) AS carts, CAST(sum(orders) AS bigint) AS orders
FROM behaviour_query WHERE day >= $1 GROUP BY query ORDER BY asked DESC, query LIMIT $2;

-- name: query_forget :exec
-- in:  before int, limit int
DELETE FROM behaviour_query WHERE (query, day) IN
    (SELECT query, day FROM behaviour_query WHERE day < $1 LIMIT $2);

-- name: led_add :exec batch
-- in:  order_id id, product_id id, query text, day int, noted_ms int
INSERT INTO behaviour_led (order_id, product_id, query, day, noted_ms)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- Orders that were confirmed, and are not undone.
-- name: led_of :one batch
-- in:  query text, from_day int
-- out: orders int
SELECT count(*) AS orders FROM behaviour_led l JOIN behaviour_order o ON o.order_id = l.order_id
WHERE l.query = $1 AND l.day >= $2 AND NOT o.undone;

-- name: led_due :many
-- in:  before_ms int
-- out: query text, day int, orders int
SELECT l.query, l.day, count(*) AS orders
FROM behaviour_led l JOIN behaviour_order o ON o.order_id = l.order_id
WHERE l.noted_ms < $1 AND NOT o.undone GROUP BY l.query, l.day ORDER BY l.query, l.day;

-- name: led_forget :exec
-- in:  before_ms int
DELETE FROM behaviour_led WHERE noted_ms < $1;

-- ---- what is known of a person, and its end (platform/http/person.h) ----

-- name: person_wish :many
-- in:  user_key keyed, user_text text
-- out: personal bool, changed_ms int
SELECT personal, changed_ms FROM behaviour_wish WHERE user_key IN ($1, $2);

-- name: erase_wish :exec
-- in:  user_key keyed, user_text text
DELETE FROM behaviour_wish WHERE user_key IN ($1, $2);
