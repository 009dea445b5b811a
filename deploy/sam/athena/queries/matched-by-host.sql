-- Who asked for interesting domains in the last 7 days, since when, how often. Resolver logs only queries that its
-- cache could not answer: counts are lower bounds, of this and of all queries here.
SELECT coalesce(srcids.instance, srcids.resolver_endpoint, srcaddr) AS host,
       vpc_id,
       query_name,
       count(*) AS logged_queries,
       min(query_timestamp) AS first_seen,
       max(query_timestamp) AS last_seen
FROM route53query
WHERE isMatchedDomain = 'Y'
  AND day >= date_format(current_date - INTERVAL '7' DAY, '%Y/%m/%d')
GROUP BY 1, 2, 3
ORDER BY logged_queries DESC, host, query_name
