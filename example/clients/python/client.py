"""How a backend in Python calls powernode, with psycopg 3.

    apt install python3-psycopg          (or: pip install psycopg)
    export DATABASE_URL=postgres://depot_backend@localhost/depot    (or PGHOST, PGUSER, ...)
    python3 client.py bind             tells powernode where the product's tables are
    python3 client.py run SITE...      runs a cycle of each site, prints what to send
    python3 client.py listen COUNT     prints so many changes as they happen, then ends
"""
import json
import os
import random
import sys
import time
import uuid

import psycopg
from psycopg.errors import DeadlockDetected, NoDataFound, SerializationFailure
from psycopg.rows import namedtuple_row

ATTEMPTS = 5


def bind(conn):
    """What a migration would do.  The role needs EXECUTE on set_source."""
    for source in ("site", "grid_connection", "circuit", "charge_point", "connector"):
        conn.execute("SELECT powernode.set_source(%s, %s)", (source, f"depot.powernode_{source}"))
    for row in conn.execute("SELECT name, relation, sound FROM powernode.sources"
                            " WHERE relation IS NOT NULL ORDER BY name"):
        print(f"{row.name}: {row.relation} {'will do' if row.sound else 'will not do'}")


def site_key(text):
    """The id in the type that the product has it in.

    psycopg sends an int and a UUID with their types, and a str without: each finds
    its overload of rebalance.
    """
    if text.isdigit():
        return int(text)
    try:
        return uuid.UUID(text)
    except ValueError:
        return text


def transaction(conn, work):
    """One transaction, run again where the server asks for that.

    It must do all of its reading anew, so the whole of it is what is handed in.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with conn.transaction():
                return work()
        except (SerializationFailure, DeadlockDetected) as error:
            if attempt == ATTEMPTS:
                raise
            print(f"{error.sqlstate}: trying again", file=sys.stderr)
            time.sleep(random.random() * 0.05 * attempt)


def setpoints(conn, site):
    """Read through a portal, fifty rows at a time: a large site has thousands."""
    with conn.cursor(name="setpoints") as portal:
        portal.itersize = 50
        portal.execute("""
            SELECT leaf_id, allocated_w, cycle_no, evaluated_at, expires_at
              FROM powernode.setpoint WHERE site_id = %s ORDER BY leaf_id""", (str(site),))
        return list(portal)


def cycle(conn, site):
    """A cycle and what came of it.

    rebalance is called in FROM: "SELECT (rebalance(%s)).*" would run it once per
    column.  The site is locked until the transaction ends, so what is read after
    it is of this cycle.  prepare=True: parsed once a connection.
    """
    before = {row.leaf_id: row.allocated_w for row in setpoints(conn, site)}
    result = conn.execute("SELECT * FROM powernode.rebalance(%s)", (site,), prepare=True).fetchone()
    constraints = conn.execute("""
        SELECT reason, node_id, path, held_back_ids, binding, message
          FROM powernode.constraint_status WHERE site_id = %s ORDER BY rank""",
        (str(site),), prepare=True).fetchall()
    took = conn.execute("""
        SELECT duration FROM powernode.cycle_history
         WHERE site_id = %s ORDER BY cycle_no DESC LIMIT 1""",
        (str(site),), prepare=True).fetchone().duration
    print(f"cycle {result.cycle_no} took {took.total_seconds() * 1000} ms", file=sys.stderr)
    # Power that one charger gives up must be free before another may draw it.
    to_send = sorted(setpoints(conn, site),
                     key=lambda row: row.allocated_w - before.get(row.leaf_id, 0))
    return result, constraints, to_send


def show(result, constraints, to_send):
    """Watts are ints, times are aware datetimes, text[] are lists."""
    print(f"site {result.site_id}: cycle {result.cycle_no} {result.outcome} ({result.reason})"
          f" at {result.constraining_node_id or '-'}")
    if result.outcome == "REJECTED":
        # Nothing was decided, and this is why; what was decided before still holds.
        for fault in constraints:
            print(f"  fault {fault.reason} of {fault.node_id}: {fault.message}")
        print(f"  in force: cycle {to_send[0].cycle_no if to_send else '-'}")
        return
    print(f"  demand {result.demand_w} W, allocated {result.allocated_w} W,"
          f" curtailed {result.curtailed_w} W")
    for row in constraints:
        if row.binding:
            print(f"  {' > '.join(row.path)} holds back {', '.join(row.held_back_ids)}")
    for row in to_send:
        lifetime = (row.expires_at - row.evaluated_at).total_seconds()
        print(f"  send {row.leaf_id} {row.allocated_w} W for {lifetime:g} s")


def run(conn, sites):
    for site in map(site_key, sites):
        try:
            show(*transaction(conn, lambda: cycle(conn, site)))
        except NoDataFound:  # P0002
            print(f"site {site}: there is none")


def connect():
    # An empty string leaves everything to PGHOST, PGUSER and so on.
    return psycopg.connect(os.environ.get("DATABASE_URL", ""), autocommit=True,
                           row_factory=namedtuple_row)


def listen(conn, count):
    """Needs powernode.notify = on_change where cycles are run.

    What changed while nobody listened is not told: a real dispatcher reads the
    state once after LISTEN.  The connection that listens does nothing else: what
    arrives while it runs a statement would be lost.
    """
    with connect() as listener:
        listener.execute("LISTEN powernode")
        print("listening", flush=True)
        for told, note in enumerate(listener.notifies(), start=1):
            change = json.loads(note.payload)
            status = conn.execute("SELECT outcome, reason FROM powernode.microgrid_status"
                                  " WHERE site_id = %s", (str(change["site_id"]),)).fetchone()
            print(f"site {change['site_id']}: cycle {change['cycle_no']} changed it,"
                  f" now {status.outcome} ({status.reason})", flush=True)
            if told == count:
                break


def main(command="", *rest):
    with connect() as conn:
        if command == "bind":
            bind(conn)
        elif command == "run":
            run(conn, rest)
        elif command == "listen":
            listen(conn, int(rest[0]))
        else:
            sys.exit("bind, run SITE... or listen COUNT")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except psycopg.Error as error:
        sys.exit(f"{error.sqlstate}: {error.diag.message_primary}" if error.sqlstate else str(error))
