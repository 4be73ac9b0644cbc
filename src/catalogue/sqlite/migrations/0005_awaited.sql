-- Schema version 5: since when a sender has been waited for stays known when its first file comes. Never
-- edit a migration that has been released.

ALTER TABLE senders_seen ADD COLUMN awaited_since INTEGER;
UPDATE senders_seen SET awaited_since = last_received_at WHERE count = 0;
