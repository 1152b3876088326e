-- Orders on their way are rows of saga_live (platform/saga) from here on.
DROP TABLE checkout_saga;
