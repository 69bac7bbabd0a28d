import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.postgresql.PGConnection;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PSQLException;

/**
 * How a backend in Java calls powernode, with JDBC.
 *
 * <pre>
 *   apt install openjdk-17-jdk-headless libpostgresql-jdbc-java
 *   export DATABASE_URL=postgres://depot_backend@localhost/depot    (or PGHOST, PGUSER, …)
 *   java -cp /usr/share/java/postgresql.jar Client.java bind
 *                                 tells powernode where the product's tables are
 *   java … run SITE...            runs a cycle of each site, prints what to send
 *   java … listen COUNT           prints so many changes as they happen, then ends
 * </pre>
 */
public class Client {
    static final Set<String> RETRYABLE = Set.of("40001", "40P01"); // serialization, deadlock
    static final String UNKNOWN_SITE = "P0002";
    static final int ATTEMPTS = 5;

    record Setpoint(String leaf, int watts, int cycle, Duration lifetime) {}

    /** What a migration would do.  The role needs EXECUTE on set_source. */
    static void bind(Connection db) throws SQLException {
        // regclass has no type of its own in JDBC: a cast says what the string is.
        try (var set = db.prepareStatement("SELECT powernode.set_source(?, ?::regclass)")) {
            for (var source : List.of("site", "grid_connection", "circuit", "charge_point", "connector")) {
                set.setString(1, source);
                set.setString(2, "depot.powernode_" + source);
                set.execute();
            }
        }
        try (var query = db.prepareStatement("""
                SELECT name, relation, sound FROM powernode.sources
                 WHERE relation IS NOT NULL ORDER BY name""");
             var row = query.executeQuery()) {
            while (row.next()) {
                System.out.printf("%s: %s %s%n", row.getString(1), row.getString(2),
                        row.getBoolean(3) ? "will do" : "will not do");
            }
        }
    }

    /** The id in the type that the product has it in: each finds its overload of rebalance. */
    static Object siteKey(String text) {
        if (text.matches("\\d+")) {
            return Long.valueOf(text);
        }
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException notOne) {
            return text;
        }
    }

    /**
     * A cycle in a transaction of its own, run again where the server asks for that:
     * from the start, because all of its reading must be done anew.
     */
    static void transaction(Connection db, Object site) throws SQLException, InterruptedException {
        db.setAutoCommit(false);
        for (int attempt = 1; ; attempt++) {
            try {
                String report = cycle(db, site);
                db.commit();
                System.out.print(report);
                return;
            } catch (SQLException error) {
                db.rollback();
                if (!RETRYABLE.contains(error.getSQLState()) || attempt == ATTEMPTS) {
                    throw error;
                }
                System.err.println(error.getSQLState() + ": trying again");
                Thread.sleep(ThreadLocalRandom.current().nextLong(50L * attempt));
            }
        }
    }

    /** Read through a portal, fifty rows at a time: a large site has thousands. */
    static List<Setpoint> setpoints(Connection db, Object site) throws SQLException {
        var found = new ArrayList<Setpoint>();
        try (var query = db.prepareStatement("""
                SELECT leaf_id, allocated_w, cycle_no, evaluated_at, expires_at
                  FROM powernode.setpoint WHERE site_id = ? ORDER BY leaf_id""")) {
            query.setFetchSize(50);
            query.setString(1, site.toString());
            try (var row = query.executeQuery()) {
                while (row.next()) {
                    found.add(new Setpoint(row.getString(1), row.getInt(2), row.getInt(3),
                            Duration.between(row.getObject(4, OffsetDateTime.class),
                                    row.getObject(5, OffsetDateTime.class))));
                }
            }
        }
        return found;
    }

    /**
     * rebalance is called in FROM: "SELECT (rebalance(?)).*" would run it once per
     * column.  The site is locked until the transaction ends, so what is read after
     * it is of this cycle.
     */
    static String cycle(Connection db, Object site) throws SQLException {
        Map<String, Integer> before = new HashMap<>();
        setpoints(db, site).forEach(s -> before.put(s.leaf, s.watts));
        var out = new StringBuilder();
        String outcome;
        try (var call = db.prepareStatement("SELECT * FROM powernode.rebalance(?)")) {
            call.setObject(1, site);
            try (var row = call.executeQuery()) {
                row.next();
                outcome = row.getString("outcome");
                String node = row.getString("constraining_node_id");
                out.append("site %s: cycle %d %s (%s) at %s%n".formatted(row.getString("site_id"),
                        row.getInt("cycle_no"), outcome, row.getString("reason"), node == null ? "-" : node));
                if (!outcome.equals("REJECTED")) {
                    out.append("  demand %d W, allocated %d W, curtailed %d W%n".formatted(row.getInt("demand_w"),
                            row.getInt("allocated_w"), row.getInt("curtailed_w")));
                }
            }
        }
        constraints(db, site, outcome, out);
        took(db, site);

        List<Setpoint> toSend = setpoints(db, site);
        if (outcome.equals("REJECTED")) {
            // Nothing was decided; what was decided before still holds.
            out.append("  in force: cycle %s%n".formatted(toSend.isEmpty() ? "-" : toSend.get(0).cycle));
            return out.toString();
        }
        // Power that one charger gives up must be free before another may draw it.
        toSend.sort(Comparator.comparingInt(s -> s.watts - before.getOrDefault(s.leaf, 0)));
        toSend.forEach(s -> out.append("  send %s %d W for %d s%n".formatted(s.leaf, s.watts, s.lifetime.toSeconds())));
        return out.toString();
    }

    /** Who held whom back, or why the cycle was rejected. */
    static void constraints(Connection db, Object site, String outcome, StringBuilder out) throws SQLException {
        try (var query = db.prepareStatement("""
                SELECT reason, node_id, path, held_back_ids, binding, message
                  FROM powernode.constraint_status WHERE site_id = ? ORDER BY rank""")) {
            query.setString(1, site.toString());
            try (var row = query.executeQuery()) {
                while (row.next()) {
                    if (outcome.equals("REJECTED")) {
                        out.append("  fault %s of %s: %s%n".formatted(row.getString("reason"),
                                row.getString("node_id"), row.getString("message")));
                    } else if (row.getBoolean("binding")) {
                        out.append("  %s holds back %s%n".formatted(String.join(" > ", strings(row, "path")),
                                String.join(", ", strings(row, "held_back_ids"))));
                    }
                }
            }
        }
    }

    static String[] strings(ResultSet row, String column) throws SQLException {
        return (String[]) row.getArray(column).getArray();
    }

    static void took(Connection db, Object site) throws SQLException {
        try (var query = db.prepareStatement("""
                SELECT cycle_no, duration FROM powernode.cycle_history
                 WHERE site_id = ? ORDER BY cycle_no DESC LIMIT 1""")) {
            query.setString(1, site.toString());
            try (var row = query.executeQuery()) {
                row.next();
                var duration = (PGInterval) row.getObject("duration");
                System.err.printf("cycle %d took %s ms%n", row.getInt("cycle_no"), duration.getSeconds() * 1000);
            }
        }
    }

    static void run(Connection db, String[] sites) throws SQLException, InterruptedException {
        for (var site : sites) {
            try {
                transaction(db, siteKey(site));
            } catch (SQLException error) {
                if (!UNKNOWN_SITE.equals(error.getSQLState())) {
                    throw error;
                }
                System.out.printf("site %s: there is none%n", site);
            }
        }
    }

    /**
     * Needs powernode.notify = on_change where cycles are run.  What changed while
     * nobody listened is not told: a real dispatcher reads the state once after LISTEN.
     */
    static void listen(Connection db, int count) throws SQLException {
        try (var statement = db.createStatement()) {
            statement.execute("LISTEN powernode");
        }
        System.out.println("listening");
        // The JDK has no parser for JSON; the server has.
        try (var query = db.prepareStatement("""
                SELECT s.site_id, change ->> 'cycle_no', s.outcome, s.reason
                  FROM (SELECT ?::jsonb) AS c (change)
                  JOIN powernode.microgrid_status AS s ON s.site_id = change ->> 'site_id'""")) {
            for (int told = 0; told < count; ) {
                for (var note : db.unwrap(PGConnection.class).getNotifications(0)) {
                    query.setString(1, note.getParameter());
                    try (var row = query.executeQuery()) {
                        row.next();
                        System.out.printf("site %s: cycle %s changed it, now %s (%s)%n", row.getString(1),
                                row.getString(2), row.getString(3), row.getString(4));
                    }
                    told++;
                }
            }
        }
    }

    static String env(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    /** JDBC knows neither DATABASE_URL nor the PG* variables. */
    static Connection connect() throws SQLException {
        var settings = new Properties();
        String place;
        if (System.getenv("DATABASE_URL") != null) {
            var url = URI.create(System.getenv("DATABASE_URL"));
            String[] who = url.getUserInfo().split(":", 2);
            settings.setProperty("user", who[0]);
            settings.setProperty("password", who.length > 1 ? who[1] : env("PGPASSWORD", ""));
            place = url.getHost() + ":" + (url.getPort() < 0 ? 5432 : url.getPort()) + url.getPath();
        } else {
            settings.setProperty("user", env("PGUSER", System.getProperty("user.name")));
            settings.setProperty("password", env("PGPASSWORD", ""));
            place = env("PGHOST", "localhost") + ":" + env("PGPORT", "5432") + "/"
                    + env("PGDATABASE", settings.getProperty("user"));
        }
        return DriverManager.getConnection("jdbc:postgresql://" + place, settings);
    }

    public static void main(String[] arguments) throws InterruptedException {
        String command = arguments.length > 0 ? arguments[0] : "";
        String[] rest = Arrays.stream(arguments).skip(1).toArray(String[]::new);
        try (var db = connect()) {
            switch (command) {
                case "bind" -> bind(db);
                case "run" -> run(db, rest);
                case "listen" -> listen(db, Integer.parseInt(rest[0]));
                default -> throw new SQLException("bind, run SITE... or listen COUNT");
            }
        } catch (PSQLException error) {
            var server = error.getServerErrorMessage();
            System.err.println(server == null ? error.getMessage() : server.getSQLState() + ": " + server.getMessage());
            System.exit(1);
        } catch (SQLException error) {
            System.err.println(error.getMessage());
            System.exit(1);
        }
    }
}
