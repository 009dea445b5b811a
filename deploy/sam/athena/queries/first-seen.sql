-- When each interesting domain was first and last asked for in the last 30 days, by how many hosts. Without Annotate=Y
-- the names in their place.
SELECT coalesce(registeredDomain, query_name) AS registeredDomain,
       min(query_timestamp) AS first_seen,
       max(query_timestamp) AS last_seen,
       count(*) AS logged_queries,
       count(DISTINCT srcaddr) AS hosts
FROM route53query
WHERE isMatchedDomain = 'Y'
  AND day >= date_format(current_date - INTERVAL '30' DAY, '%Y/%m/%d')
GROUP BY 1
ORDER BY first_seen, 1
