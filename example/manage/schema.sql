-- The tables of a fleet product as they are before powernode: what it calls
-- "the product's own tables".  powernode neither owns nor changes any of them;
-- adapter.sql shows it to them.
--
-- Two habits of this schema are worth copying even where the rest differs:
-- every table carries its site_id, so that one site is found by an index, and
-- foreign keys include it, so that a row cannot point into another site.

CREATE SCHEMA manage;

CREATE TABLE manage.site (
    site_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    in_service boolean NOT NULL DEFAULT true,
    control_mode text NOT NULL DEFAULT 'CONNECTOR'
        CHECK (control_mode IN ('CONNECTOR', 'CHARGER')),
    charging_policy text NOT NULL DEFAULT 'EQUAL_SHARE'
        CHECK (charging_policy IN ('EQUAL_SHARE', 'WEIGHTED', 'PROPORTIONAL',
                                   'PRIORITY', 'FIRST_COME_FIRST_SERVED',
                                   'EARLIEST_DEADLINE_FIRST',
                                   'LEAST_LAXITY_FIRST')),
    on_fault text NOT NULL DEFAULT 'REJECT'
        CHECK (on_fault IN ('REJECT', 'ISOLATE')),
    safe_mode boolean NOT NULL DEFAULT false,
    setpoint_lifetime interval
        CHECK (setpoint_lifetime > interval '0')
);

COMMENT ON TABLE manage.site IS 'A depot, or any other place with chargers.';
COMMENT ON COLUMN manage.site.control_mode IS
    'CONNECTOR: one setpoint per plug; CHARGER: one per station.';
COMMENT ON COLUMN manage.site.on_fault IS
    'What a data fault does: REJECT the cycle, or ISOLATE what is faulty.';
COMMENT ON COLUMN manage.site.safe_mode IS
    'Run every circuit at its safe operating capacity.';
COMMENT ON COLUMN manage.site.setpoint_lifetime IS
    'How long a setpoint holds; NULL: the default of the server.';

CREATE TABLE manage.microgrid (
    microgrid_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site_id uuid NOT NULL UNIQUE REFERENCES manage.site,
    UNIQUE (site_id, microgrid_id)
);

COMMENT ON TABLE manage.microgrid IS
    'A site with a row here has its power shared out along its circuits; one without is balanced as a whole.';

CREATE TABLE manage.circuit (
    circuit_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site_id uuid NOT NULL REFERENCES manage.site,
    parent_circuit_id uuid,
    name text NOT NULL,
    default_operating_capacity_kw numeric(10,3)
        CHECK (default_operating_capacity_kw >= 0),
    safe_operating_capacity_kw numeric(10,3)
        CHECK (safe_operating_capacity_kw >= 0),
    safe_mode boolean NOT NULL DEFAULT false,
    other_load_kw numeric(10,3),
    UNIQUE (site_id, circuit_id),
    UNIQUE (site_id, name),
    FOREIGN KEY (site_id, parent_circuit_id)
        REFERENCES manage.circuit (site_id, circuit_id)
);

CREATE INDEX ON manage.circuit (site_id, parent_circuit_id);

COMMENT ON TABLE manage.circuit IS
    'A circuit that feeds chargers, other circuits or both.';
COMMENT ON COLUMN manage.circuit.parent_circuit_id IS
    'The circuit that feeds this one; NULL at the top.';
COMMENT ON COLUMN manage.circuit.default_operating_capacity_kw IS
    'What the circuit may carry in normal operation.';
COMMENT ON COLUMN manage.circuit.safe_operating_capacity_kw IS
    'What the circuit may carry in safe mode.';
COMMENT ON COLUMN manage.circuit.other_load_kw IS
    'Last reading of what the circuit feeds beside lower circuits and chargers; negative when it exports.';

CREATE TABLE manage.microgrid_node (
    microgrid_node_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site_id uuid NOT NULL,
    microgrid_id uuid NOT NULL,
    type text NOT NULL
        CHECK (type IN ('GRID_CONNECTION', 'SOLAR', 'BATTERY')),
    name text NOT NULL,
    circuit_id uuid,
    UNIQUE (site_id, microgrid_node_id),
    FOREIGN KEY (site_id, microgrid_id)
        REFERENCES manage.microgrid (site_id, microgrid_id),
    FOREIGN KEY (site_id, circuit_id)
        REFERENCES manage.circuit (site_id, circuit_id),
    CHECK (type <> 'GRID_CONNECTION' OR circuit_id IS NOT NULL)
);

CREATE UNIQUE INDEX ON manage.microgrid_node (site_id, circuit_id)
    WHERE type = 'GRID_CONNECTION';
CREATE INDEX ON manage.microgrid_node (site_id, microgrid_id);

COMMENT ON TABLE manage.microgrid_node IS
    'What a microgrid is made of at its first level.';
COMMENT ON COLUMN manage.microgrid_node.circuit_id IS
    'Of a GRID_CONNECTION: the top-level circuit that it stands for.';

CREATE TABLE manage.charge_point (
    charge_point_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site_id uuid NOT NULL REFERENCES manage.site,
    circuit_id uuid,
    name text NOT NULL,
    max_power_kw numeric(10,3) CHECK (max_power_kw >= 0),
    min_power_kw numeric(10,3) CHECK (min_power_kw >= 0),
    disconnected_at timestamptz,
    fallback_power_kw numeric(10,3) CHECK (fallback_power_kw >= 0),
    fallback_after interval NOT NULL DEFAULT '15 minutes',
    UNIQUE (site_id, charge_point_id),
    UNIQUE (site_id, name),
    FOREIGN KEY (site_id, circuit_id)
        REFERENCES manage.circuit (site_id, circuit_id)
);

CREATE INDEX ON manage.charge_point (site_id, circuit_id);

COMMENT ON TABLE manage.charge_point IS 'A charging station.';
COMMENT ON COLUMN manage.charge_point.circuit_id IS
    'The circuit that feeds it; NULL until it has been surveyed.';
COMMENT ON COLUMN manage.charge_point.min_power_kw IS
    'Below this it cannot charge at all.';
COMMENT ON COLUMN manage.charge_point.disconnected_at IS
    'When the connection to it was lost; NULL while there is one.';
COMMENT ON COLUMN manage.charge_point.fallback_power_kw IS
    'What it limits itself to when it has not heard from us for fallback_after.';

CREATE TABLE manage.connector (
    connector_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site_id uuid NOT NULL,
    charge_point_id uuid NOT NULL,
    number smallint NOT NULL CHECK (number > 0),
    name text NOT NULL,
    max_power_kw numeric(10,3) NOT NULL CHECK (max_power_kw >= 0),
    min_power_kw numeric(10,3) CHECK (min_power_kw >= 0),
    UNIQUE (site_id, connector_id),
    UNIQUE (charge_point_id, number),
    FOREIGN KEY (site_id, charge_point_id)
        REFERENCES manage.charge_point (site_id, charge_point_id)
);

CREATE INDEX ON manage.connector (site_id, charge_point_id);

COMMENT ON TABLE manage.connector IS 'A plug of a charging station.';

CREATE TABLE manage.vehicle (
    vehicle_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE,
    battery_kwh numeric(10,3) CHECK (battery_kwh > 0)
);

COMMENT ON TABLE manage.vehicle IS
    'A vehicle of the fleet, which may charge at any site.';

CREATE TABLE manage.charging_session (
    charging_session_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site_id uuid NOT NULL,
    connector_id uuid NOT NULL,
    vehicle_id uuid REFERENCES manage.vehicle,
    plugged_in_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    planned_departure timestamptz,
    requested_power_kw numeric(10,3) CHECK (requested_power_kw >= 0),
    energy_needed_kwh numeric(12,3) CHECK (energy_needed_kwh >= 0),
    energy_delivered_kwh numeric(12,3) NOT NULL DEFAULT 0
        CHECK (energy_delivered_kwh >= 0),
    share_weight integer NOT NULL DEFAULT 1 CHECK (share_weight >= 1),
    priority integer NOT NULL DEFAULT 0,
    FOREIGN KEY (site_id, connector_id)
        REFERENCES manage.connector (site_id, connector_id),
    CHECK (ended_at >= plugged_in_at)
);

-- Not unique: chargers report late and out of order, and a stop that got lost
-- must not make the next start fail.  See powernode_connector in adapter.sql.
CREATE INDEX ON manage.charging_session (site_id, connector_id)
    WHERE ended_at IS NULL;
CREATE INDEX ON manage.charging_session (site_id, plugged_in_at);
CREATE INDEX ON manage.charging_session (vehicle_id);

COMMENT ON TABLE manage.charging_session IS
    'A vehicle at a plug, from plugging in to leaving; active while ended_at is NULL.';
COMMENT ON COLUMN manage.charging_session.requested_power_kw IS
    'What the vehicle would take now if nothing limited it, not what it draws; 0 when it is full, NULL when it does not say.';

CREATE TABLE manage.operating_envelope (
    operating_envelope_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site_id uuid NOT NULL REFERENCES manage.site,
    circuit_id uuid,
    name text NOT NULL,
    import_limit_kw numeric(10,3) NOT NULL CHECK (import_limit_kw >= 0),
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL DEFAULT 'infinity',
    FOREIGN KEY (site_id, circuit_id)
        REFERENCES manage.circuit (site_id, circuit_id),
    CHECK (valid_from < valid_to)
);

CREATE INDEX ON manage.operating_envelope (site_id, valid_to);

COMMENT ON TABLE manage.operating_envelope IS
    'A limit that the network operator sets for a time: from valid_from up to, not including, valid_to.';
COMMENT ON COLUMN manage.operating_envelope.circuit_id IS
    'The circuit that it limits; NULL: the whole site.';
