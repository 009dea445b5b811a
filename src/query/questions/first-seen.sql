-- When each interesting domain was first and last asked for, by how many hosts.
SELECT registeredDomain,
       min(query_timestamp) AS first_seen,
       max(query_timestamp) AS last_seen,
       count(*) AS logged_queries,
       count(DISTINCT srcaddr) AS hosts
FROM route53query
WHERE isMatchedDomain = 'Y'
GROUP BY registeredDomain
ORDER BY first_seen, registeredDomain
