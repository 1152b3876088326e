-- The carrier's number of a parcel that was sent: of the move that says so.
ALTER TABLE orders_history ADD COLUMN tracking text; -- NULL: none was given
