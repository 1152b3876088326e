-- Every query of the service.

-- name: count :one
-- out: n int
SELECT count(*) FROM campaigns_campaign;

-- name: add :exec
-- in:  campaign_id id, product_id id, name text, bid_minor int, budget_minor int, from_ms int
-- in:  until_ms int, paused bool, created_ms int
INSERT INTO campaigns_campaign (campaign_id, product_id, name, bid_minor, budget_minor, from_ms,
    until_ms, paused, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING;

-- name: pause :exec
-- in:  campaign_id id, paused bool
UPDATE campaigns_campaign SET paused = $2 WHERE campaign_id = $1;

-- name: remove :exec
-- in:  campaign_id id
DELETE FROM campaigns_campaign WHERE campaign_id = $1;

-- name: all :many
-- in:  day int
-- out: campaign_id id, product_id id, name text, bid_minor int, budget_minor int, from_ms int
-- out: until_ms int, paused bool, created_ms int, shown int, clicks int, spent_minor int
SELECT c.campaign_id, c.product_id, c.name, c.bid_minor, c.budget_minor, c.from_ms, c.until_ms,
    c.paused, c.created_ms, COALESCE(d.shown, 0), COALESCE(d.clicks, 0), COALESCE(d.spent_minor, 0)
FROM campaigns_campaign c
LEFT JOIN campaigns_day d ON d.campaign_id = c.campaign_id AND d.day = $1
ORDER BY c.bid_minor DESC, c.campaign_id;

-- name: lock :exec
-- in:  one int
UPDATE campaigns_state SET charged = charged + 1 WHERE one = $1;

-- name: spend :exec batch
-- in:  campaign_id id, day int, shown int, clicks int, spent_minor int
INSERT INTO campaigns_day (campaign_id, day, shown, clicks, spent_minor) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (campaign_id, day) DO UPDATE SET shown = campaigns_day.shown + excluded.shown,
    clicks = campaigns_day.clicks + excluded.clicks,
    spent_minor = campaigns_day.spent_minor + excluded.spent_minor;
