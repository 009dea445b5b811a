-- Hosts that asked for many names that do not exist: a mistake in a configuration, or a program that tries generated
-- names.
SELECT vpc_id,
       srcaddr,
       srcids.instance AS instance,
       count(DISTINCT query_name) AS missing_names
FROM route53query
WHERE upper(rcode) = 'NXDOMAIN'
GROUP BY vpc_id, srcaddr, srcids.instance
ORDER BY missing_names DESC, srcaddr
LIMIT 100
