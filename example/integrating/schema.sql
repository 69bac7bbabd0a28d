-- A product that was never made with powernode in mind: depots with codes for
-- keys, feeders in amps, rows that are marked as deleted, and states in words
-- of its own.  adapter.sql shows it to powernode; nothing here is changed for it.

CREATE SCHEMA ops;

CREATE TABLE ops.depot (
    code text PRIMARY KEY,
    title text NOT NULL,
    operator text NOT NULL,                  -- whose depot it is
    time_zone text NOT NULL,                 -- such as Australia/Sydney
    has_feeder_plan boolean NOT NULL,        -- whether anybody surveyed the feeders
    steering text NOT NULL DEFAULT 'plug',   -- plug, station
    sharing text,                            -- even, by departure; NULL: not decided
    lifecycle text NOT NULL DEFAULT 'live',  -- planned, live, paused
    deleted_at timestamptz
);

CREATE TABLE ops.feeder (
    feeder_id uuid PRIMARY KEY,
    depot_code text NOT NULL REFERENCES ops.depot,
    fed_by uuid REFERENCES ops.feeder,
    label text,
    breaker_a numeric(7,2),                  -- per phase
    derated_a numeric(7,2),                  -- per phase, in a heat wave
    volts numeric(6,2) NOT NULL DEFAULT 230, -- phase to neutral
    phases smallint NOT NULL DEFAULT 3,
    other_load_kw numeric(9,3),              -- its meter, less chargers and lower feeders
    deleted_at timestamptz
);

CREATE TABLE ops.supply (
    meter_no text PRIMARY KEY,               -- the network operator's number
    depot_code text NOT NULL REFERENCES ops.depot,
    feeder_id uuid REFERENCES ops.feeder,
    deleted_at timestamptz
);

CREATE TABLE ops.station (
    serial text PRIMARY KEY,
    depot_code text NOT NULL REFERENCES ops.depot,
    feeder_id uuid REFERENCES ops.feeder,
    nickname text,
    rated_kw numeric(7,2),                   -- NULL: as much as its plugs
    state text NOT NULL DEFAULT 'ready',     -- ready, faulted, offline
    last_heard_at timestamptz,
    fallback_kw numeric(7,2),                -- what it keeps to when nobody tells it
    deleted_at timestamptz
);

-- Either the amps of an AC plug or the kW of a DC plug.
CREATE TABLE ops.plug (
    plug_id uuid PRIMARY KEY,
    station_serial text NOT NULL REFERENCES ops.station,
    label text,
    amps numeric(5,1),                       -- per phase
    volts numeric(6,2) DEFAULT 230,          -- phase to neutral
    phases smallint DEFAULT 3,
    dc_kw numeric(7,2),
    deleted_at timestamptz
);

CREATE TABLE ops.visit (
    visit_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    plug_id uuid NOT NULL REFERENCES ops.plug,
    bus text,
    plugged_at timestamptz NOT NULL,
    unplugged_at timestamptz,
    leaves_at timestamptz,
    phases_used smallint,                    -- NULL: as many as the plug has
    takes_kw numeric(7,2),                   -- what the vehicle said it could take
    metered_kw numeric(7,2),                 -- what flows
    battery_kwh numeric(7,2),
    charge_pct numeric(5,2),
    target_pct numeric(5,2) NOT NULL DEFAULT 100
);

-- "From 17:00 to 21:00 no more than 120 kW", by the clock on the depot's wall.
CREATE TABLE ops.import_rule (
    rule_no integer PRIMARY KEY,
    depot_code text NOT NULL REFERENCES ops.depot,
    feeder_id uuid REFERENCES ops.feeder,    -- NULL: the whole depot
    label text,
    limit_kw numeric(9,3) NOT NULL,
    from_clock time NOT NULL,
    to_clock time NOT NULL,                  -- not after from_clock: of the next day
    weekdays smallint[],                     -- on which it begins, 1 is Monday; NULL: daily
    deleted_at timestamptz
);

CREATE INDEX ON ops.feeder (depot_code);
CREATE INDEX ON ops.supply (depot_code);
CREATE INDEX ON ops.station (depot_code);
CREATE INDEX ON ops.plug (station_serial);
CREATE INDEX ON ops.visit (plug_id) WHERE unplugged_at IS NULL;
CREATE INDEX ON ops.import_rule (depot_code);
