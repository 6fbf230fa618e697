update run_rings
set accepted = (
    select count(*)
    from run_hosts
    where run_hosts.run_id = run_rings.run_id
        and run_hosts.ring = run_rings.ring
        and run_hosts.state in ('failed', 'lost')
)
where run_id = $1
