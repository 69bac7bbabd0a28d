-- What a check tries and rolls back: every vehicle wants something else, a third of
-- the circuits can do less, and now and then the whole site is in safe mode.
CREATE PROCEDURE peer.shuffle(which uuid) LANGUAGE sql AS $$
  UPDATE manage.charging_session SET requested_power_kw = round((random() * 130)::numeric, 3)
   WHERE site_id = which;
  UPDATE manage.circuit SET default_operating_capacity_kw = 50 + (random() * 300)::integer
   WHERE site_id = which AND parent_circuit_id IS NOT NULL AND random() < 0.3;
  UPDATE manage.site SET safe_mode = random() < 0.3 WHERE site_id = which;
$$;
