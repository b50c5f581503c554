-- Whose a session is. What an earlier version left open is anybody's: its client is
-- told 404, and begins anew.
DELETE FROM upload WHERE state = 'open';

ALTER TABLE upload ADD COLUMN account TEXT NOT NULL DEFAULT '';
