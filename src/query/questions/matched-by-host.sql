-- Who asked for interesting domains, since when, how often.
SELECT coalesce(srcids.instance, srcids.resolver_endpoint, srcaddr) AS host,
       vpc_id,
       query_name,
       count(*) AS logged_queries,
       min(query_timestamp) AS first_seen,
       max(query_timestamp) AS last_seen
FROM route53query
WHERE isMatchedDomain = 'Y'
GROUP BY host, vpc_id, query_name
ORDER BY logged_queries DESC, host, query_name
