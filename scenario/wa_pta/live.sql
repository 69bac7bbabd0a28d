-- The morning of 3 March 2025, moved to now: what live needs beside data.sql.

CREATE TABLE wa_pta.clock (
    shift interval NOT NULL
);
INSERT INTO wa_pta.clock VALUES (interval '0');

-- A time of the scenario as it is live.
CREATE FUNCTION wa_pta.live(at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT at + shift FROM wa_pta.clock
$$;

-- From now on it is this time of the scenario.  What is ahead or past there by
-- some minutes (the envelope, a charger lost) is then as far from now.
CREATE PROCEDURE wa_pta.turn_clock(at timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    turned interval := now() - wa_pta.live(at);
BEGIN
    UPDATE wa_pta.clock SET shift = shift + turned;
    UPDATE manage.operating_envelope
       SET valid_from = valid_from + turned, valid_to = valid_to + turned
     WHERE site_id = wa_pta.id(1, 0, 0, 1);
    UPDATE manage.charge_point
       SET disconnected_at = disconnected_at + turned
     WHERE site_id = wa_pta.id(1, 0, 0, 1);
    -- Else sessions would pile up, morning after morning.
    DELETE FROM manage.charging_session WHERE ended_at < now() - interval '1 hour';
END
$$;
