-- Where interesting domains led: each answer of each matched query.
SELECT query_name, answer."Type" AS answer_type, answer.Rdata AS answer_data, count(*) AS logged_queries
FROM (SELECT query_name, unnest(answers) AS answer FROM route53query WHERE isMatchedDomain = 'Y')
GROUP BY query_name, answer_type, answer_data
ORDER BY logged_queries DESC, query_name, answer_data
