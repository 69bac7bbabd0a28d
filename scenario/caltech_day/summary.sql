-- The day in one page.  Energy is kept in watt-periods and shown in Wh: what was
-- delivered rounded down, what is short rounded up.

\pset tuples_only on
\pset format unaligned
SELECT site_id AS site FROM garage.site \gset

-- Limits against the sum of what the stations below were granted, by the
-- product's own tables, whatever powernode says of its inner nodes.
CREATE TEMPORARY VIEW load AS
WITH RECURSIVE above AS (
    SELECT station_id, panel_id, parent_id, capacity_w
      FROM garage.station JOIN garage.panel USING (panel_id)
     UNION ALL
    SELECT a.station_id, p.panel_id, p.parent_id, p.capacity_w
      FROM above AS a JOIN garage.panel AS p ON p.panel_id = a.parent_id
)
SELECT h.cycle_no, a.panel_id AS name, a.capacity_w AS limit_w,
       sum(h.allocated_w) AS allocated_w
  FROM powernode.node_history AS h
  JOIN above AS a ON a.station_id = h.source_id
 WHERE h.site_id = :'site' AND h.is_leaf
 GROUP BY h.cycle_no, a.panel_id, a.capacity_w
 UNION ALL
SELECT h.cycle_no, t.station_id, t.max_power_w, h.allocated_w
  FROM powernode.node_history AS h
  JOIN garage.station AS t ON t.station_id = h.source_id
 WHERE h.site_id = :'site' AND h.is_leaf;

-- Most that the station could have given while the car was there.
CREATE TEMPORARY VIEW car AS
SELECT g.*,
       t.max_power_w::bigint * (g.last_seen_period - g.plug_in_period + 1) AS possible
  FROM garage.segment AS g JOIN garage.station AS t USING (station_id);

SELECT format(E'Energy\n  asked      %s Wh by %s cars at %s stations\n  delivered  %s Wh',
              div(sum(needed), 12), count(*), count(DISTINCT station_id),
              div(sum(delivered), 12))
  FROM garage.segment;

SELECT E'\nCycles';
SELECT format('  %s  %s', rpad(outcome, 9), lpad(count(*)::text, 3))
  FROM powernode.cycle_history WHERE site_id = :'site'
 GROUP BY outcome ORDER BY outcome;

SELECT E'\nMinutes curtailed, by the node that held cars back';
SELECT format('  %s  %s', rpad(n.name, 11), lpad((5 * count(c.cycle_no))::text, 3))
  FROM (SELECT panel_id AS name FROM garage.panel) AS n
  LEFT JOIN powernode.constraint_history AS c
         ON c.site_id = :'site' AND c.name = n.name AND c.binding
 GROUP BY n.name ORDER BY n.name COLLATE "C";
SELECT format('  %s  %s', rpad('a station', 11), lpad((5 * count(DISTINCT cycle_no))::text, 3))
  FROM powernode.constraint_history
 WHERE site_id = :'site' AND binding AND kind = 'CHARGE_POINT';

SELECT E'\nPeak';
SELECT format(E'  granted    %s W of the transformer''s %s W, in period %s (%s)',
              l.allocated_w, l.limit_w, l.cycle_no - 1,
              to_char(garage.period_start(l.cycle_no - 1), 'HH24:MI'))
  FROM load AS l WHERE l.name = 'transformer'
 ORDER BY l.allocated_w DESC, l.cycle_no LIMIT 1;
SELECT format(E'  asked      %s W by all stations, in period %s (%s)',
              h.demand_w, h.cycle_no - 1,
              to_char(garage.period_start(h.cycle_no - 1), 'HH24:MI'))
  FROM powernode.cycle_history AS h WHERE h.site_id = :'site'
 ORDER BY h.demand_w DESC, h.cycle_no LIMIT 1;

SELECT format(E'\nCars not filled by their last seen period: %s',
              count(*) FILTER (WHERE delivered < needed)) FROM car;
SELECT format('  %s that no allocation could have filled, %s Wh short',
              lpad(count(*)::text, 2), div(coalesce(sum(needed - delivered), 0) + 11, 12))
  FROM car WHERE delivered < needed AND needed > possible;
SELECT format('  %s that curtailment held back, %s Wh short',
              lpad(count(*)::text, 2), div(coalesce(sum(needed - delivered), 0) + 11, 12))
  FROM car WHERE delivered < needed AND needed <= possible;
SELECT format('     %s plugged in %s, last seen %s: %s of %s Wh',
              station_id, to_char(garage.period_start(plug_in_period), 'HH24:MI'),
              to_char(garage.period_start(last_seen_period), 'HH24:MI'),
              delivered / 12, needed / 12)
  FROM car WHERE delivered < needed AND needed <= possible
 ORDER BY plug_in_period, station_id COLLATE "C";

SELECT format(E'\nLimits exceeded, over all cycles: %s',
              (SELECT count(*) FROM powernode.node_history
                WHERE site_id = :'site' AND allocated_w > limit_w)
              + (SELECT count(*) FROM load WHERE allocated_w > limit_w));
